import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { GivenVerdict, RequestDetail } from '@/lib/decisions/request'
import { changeWords } from '@/lib/decisions/superseded-words'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { Kept } from './kept'
import { endedWords } from './verdict-words'

/** How it ended, by whom and when; where the person who looks was too late, that their own verdict was not recorded. */
export function VerdictClosed({
  request,
  mine,
  refused,
  kept,
}: {
  request: RequestDetail
  mine: GivenVerdict | undefined
  refused: { code: string } | undefined
  kept: string
}) {
  const last = request.verdicts.at(-1)
  const late = !mine && (refused !== undefined || kept.trim() !== '')
  return (
    <section aria-labelledby="vf">
      <h2 id="vf">{request.status === 'pending' ? 'Your verdict' : 'Answered'}</h2>
      {request.status !== 'pending' && <StateWord state={request.status} />}
      <p role={late ? 'alert' : undefined}>
        {late && <b>Your verdict was not recorded. </b>}
        {last ? (
          <>
            {mine ? 'You' : last.person.name} {last.answer === 'approve' ? 'approved' : 'rejected'} it{' '}
            <Time at={last.at} show="relative" />.{' '}
          </>
        ) : (
          <>{endedWords(request.status)} </>
        )}
        {request.superseded && (
          <>
            What changed: {changeWords(request.superseded.changed)}.{' '}
            {request.superseded.by && <Link href={paths.action(request.superseded.by)}>What took its place</Link>}
          </>
        )}
        {request.status === 'pending' && 'Another seat takes another person.'}
        {last && !['pending', 'approved', 'rejected'].includes(request.status) && endedWords(request.status)}
      </p>
      {!request.told && (
        <p className="s12">
          <Link href={paths.action(request.action)}>The whole story of this action</Link>
        </p>
      )}
      <Kept reason={kept} />
    </section>
  )
}
