import Link from 'next/link'
import type { ResourceHistory as History } from '@/lib/audit/read-resource-history'
import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'
import { Section } from '../shell/page'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { isStateName } from '../ui/state-words'
import { Time } from '../ui/time'

/** What any agent did with the same resource before. */
export function ResourceHistory({ request, history }: { request: RequestDetail; history: History }) {
  if (request.resource === null) return null
  const { known, actions } = history
  return (
    <Section
      id="on"
      title="On the same resource"
      aside={
        <>
          <HostileText text={request.resource.type} max={60} /> <HostileText text={request.resource.id} max={120} />,
          any agent, {history.days} days
        </>
      }
    >
      {known && (
        <p>
          It is protected: <Link href={paths.resource(known.type, known.name)}>its page</Link> has what is in force, and
          who approved each change.
        </p>
      )}
      {actions === null ? (
        <p className="t2">Looking for what was done with it took too long. Search the audit for it.</p>
      ) : actions.length === 0 ? (
        <p className="t2">Nothing else was done with it that you may read.</p>
      ) : (
        <Table label="Earlier actions on the same resource" density={28}>
          <thead>
            <tr>
              <Th>When</Th>
              <Th>Agent</Th>
              <Th>Tool</Th>
              <Th>Now</Th>
            </tr>
          </thead>
          <tbody>
            {actions.map((one) => (
              <tr key={one.action}>
                <RowLink href={paths.action(one.action)}>
                  <Time at={one.at} show="moment" />
                </RowLink>
                <Td>{one.agent}</Td>
                <Td mono>
                  <HostileText text={one.tool} max={80} />
                </Td>
                <Td>{isStateName(one.status) ? <StateWord state={one.status} /> : one.status}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  )
}
