import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'
import { Section } from '../shell/page'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { isStateName } from '../ui/state-words'
import { Time } from '../ui/time'

/** What became of the same agent's requests for the same tool before, with who said so. */
export function Earlier({ request }: { request: RequestDetail }) {
  return (
    <Section
      id="earlier"
      title="This kind of request"
      aside={`${request.agent}, ${request.tool}${sumWords(request.earlier)}`}
    >
      {request.earlier.length === 0 ? (
        <p className="t2">
          None among its last {request.earlierAmong.toLocaleString('en')} requests: this is the first one.
        </p>
      ) : (
        <Table label="Earlier requests of this kind" density={28}>
          <thead>
            <tr>
              <Th>When</Th>
              <Th>On</Th>
              <Th>Verdict</Th>
              <Th>By</Th>
              <Th>Now</Th>
            </tr>
          </thead>
          <tbody>
            {request.earlier.map((one) => (
              <tr key={one.action}>
                <RowLink href={paths.action(one.action)}>
                  <Time at={one.at} show="day" />
                </RowLink>
                <Td mono>{one.resource ? <HostileText text={one.resource.id} max={60} /> : '—'}</Td>
                <Td>
                  <StateWord state={one.verdict} />
                </Td>
                <Td quiet>{one.by ?? '—'}</Td>
                <Td>{isStateName(one.status) ? <StateWord state={one.status} /> : one.status}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  )
}

/** "12 of 20 approved": what a reader would count. */
function sumWords(earlier: RequestDetail['earlier']): string {
  if (earlier.length < 2) return ''
  const approved = earlier.filter(({ verdict }) => verdict === 'approved').length
  return `: the last ${earlier.length}, ${approved} approved`
}
