import type { RequestDetail } from '@/lib/decisions/request'
import { refusalWords } from '@/lib/approvals/seat-refusals'
import { HostileText } from '../ui/hostile-text'
import { Seat } from '../ui/seat'
import { Time } from '../ui/time'

/** The seats: whose are taken and with which words, which are open and to whom, and who may not, with the reason. */
export function WhoAnswers({ request, me }: { request: RequestDetail; me: { id: string; name: string } }) {
  const taken = request.verdicts
  const sat = new Set(taken.flatMap(({ seat, fallen }, at) => (fallen === null ? [seat ?? at] : [])))
  const openSeats =
    request.status === 'pending'
      ? Array.from({ length: request.seats }, (_, seat) => seat).filter((seat) => !sat.has(seat))
      : []
  const { approve } = request.you
  return (
    <section aria-labelledby="who">
      <h2 id="who" tabIndex={-1}>
        Who answers
      </h2>
      <p className="s12 t3">{seatWords(request.seats, openSeats.length)}</p>
      {taken.map((verdict) => (
        <Seat
          key={verdict.person.id}
          seat="taken"
          who={verdict.person.name}
          at={<Time at={verdict.at} />}
          under={
            <>
              {verdict.answer === 'approve' ? 'Approved' : 'Rejected'}
              {verdict.absent && ` as delegate of ${verdict.absent.name}`}
              {verdict.passkey && ' with a passkey'}
              {verdict.fallen !== null && `, which counts no more: ${verdict.fallen}`}
              {verdict.reason && (
                <>
                  : “<HostileText text={verdict.reason} max={400} />”
                </>
              )}
            </>
          }
        />
      ))}
      {openSeats.map((seat, at) => {
        const to = capital(request.asked[seat] ?? 'nobody')
        if (!approve.ok) {
          const first = at === 0
          return first ? (
            <Seat key={seat} seat="closed" who={to} reason={refusalWords(approve)} />
          ) : (
            <Seat key={seat} seat="open" to={to} />
          )
        }
        return seat === (approve.seat ?? openSeats[0]) ? (
          <Seat
            key={seat}
            seat="you"
            who={approve.as ? `You, ${me.name}, as delegate of ${approve.as.name}` : `You, ${me.name}`}
            end={`seat ${seat + 1} of ${request.seats}`}
          />
        ) : (
          <Seat key={seat} seat="open" to={to} />
        )
      })}
      {request.status === 'pending' &&
        request.escalations.map(({ at, to, seated }) => (
          <p key={at + to} className="s12 t3">
            {capital(to)} {seated ? 'may answer, too, if nobody has by' : 'is told if nobody has answered by'}{' '}
            <Time at={at} />.
          </p>
        ))}
      {request.barred.length > 0 && (
        <details className="why-not">
          <summary>Who may not, and why</summary>
          <ul>
            {request.barred.map((one) => (
              <li key={one.name + one.why}>
                <b>{one.name}</b> {one.why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

function seatWords(seats: number, open: number): string {
  if (open === 0) return seats === 1 ? 'One seat, taken.' : `${seats} seats, taken.`
  if (seats === 1) return 'One person decides.'
  return `${open} of ${seats} seats ${open === 1 ? 'is' : 'are'} open.`
}
