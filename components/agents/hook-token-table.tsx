import type { ListedHookToken } from '@/lib/agents/read-hook-tokens'
import { Table, Td, Th } from '../table/table'
import { Button } from '../ui/button'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { sayFull } from '../ui/time-words'

/** The hook tokens of an agent, newest first: where each is used, when it was last heard, and its end. */
export function HookTokenTable({
  slug,
  rows,
  mayRevoke,
}: {
  slug: string
  rows: readonly ListedHookToken[]
  mayRevoke: boolean
}) {
  return (
    <Table label="Hook tokens" density={40}>
      <thead>
        <tr>
          <Th>Machine</Th>
          <Th>State</Th>
          <Th>Last heard</Th>
          <Th>Made</Th>
          <Th>What may be done</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, machine, state, madeAt, expiresAt, heardAt }) => (
          <tr key={id}>
            <th scope="row">
              {machine === '' ? <span className="t3">not said</span> : <HostileText text={machine} max={100} />}
            </th>
            <Td>
              {state === 'live' ? (
                <StateWord state="ending" word={`Ends ${sayFull(expiresAt)}`} />
              ) : state === 'expired' ? (
                <StateWord state="expired" word="Ended" />
              ) : (
                <StateWord state="revoked" />
              )}
            </Td>
            <Td>{heardAt === null ? <span className="t3">never</span> : <Time at={heardAt} show="relative" />}</Td>
            <Td quiet>
              <Time at={madeAt} show="relative" />
            </Td>
            <Td>
              {state === 'live' && mayRevoke && (
                <form method="post" action={`/api/console/agents/${slug}/hook-tokens/${id}/revocation`}>
                  <Button type="submit" size="sm">
                    Revoke now
                  </Button>
                </form>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
