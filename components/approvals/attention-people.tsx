import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { type AttentionSetting, isRubberStamping, type PersonFigures, tookWords } from '@/lib/decisions/attention'
import { Table, Td, Th } from '../table/table'
import { shareWords } from './attention-gates'

/** How people answer: everybody for a ciso and an auditor, oneself for everybody else. */
export function AttentionPeople({
  people,
  setting,
  everybody,
}: {
  people: readonly PersonFigures[]
  setting: AttentionSetting
  everybody: boolean
}) {
  return (
    <>
      {people.length === 0 ? (
        <p className="t2">
          {everybody ? 'Nobody answered anything in this time.' : 'You answered nothing in this time.'}
        </p>
      ) : (
        <Table label="How people answer" density={40}>
          <thead>
            <tr>
              <Th>Who</Th>
              <Th num>Answers</Th>
              <Th num>Refused</Th>
              <Th num>Median answer</Th>
              <Th num>Timed</Th>
              <Th num>Too fast to read</Th>
              <Th num>Seen, left to expire</Th>
            </tr>
          </thead>
          <tbody>
            {people.map(({ person, pace, leftToExpire }) => (
              <tr key={person.id}>
                <th scope="row">
                  <Link href={paths.person(person.id)}>{person.name}</Link>
                  {person.team !== null && <span className="t3 s12"> {person.team}</span>}
                </th>
                <Td num>{pace.verdicts.toLocaleString('en')}</Td>
                <Td num>
                  {pace.verdicts > 0 && pace.refused === 0 ? 'never' : shareWords(pace.refused, pace.verdicts)}
                </Td>
                <Td num>{tookWords(pace.medianMs)}</Td>
                <Td num>{pace.timed.toLocaleString('en')}</Td>
                <Td num>
                  {shareWords(pace.fast, pace.timed)}
                  {isRubberStamping(pace, setting) && <b> finding</b>}
                </Td>
                <Td num>{leftToExpire.toLocaleString('en')}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <p className="under">
        {everybody
          ? 'Seen by cisos and auditors; everybody sees the line that is theirs.'
          : 'Only you, cisos and auditors see this line.'}
      </p>
    </>
  )
}
