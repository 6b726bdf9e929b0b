import Link from 'next/link'
import { OVERLAPS } from '@/lib/agents/credential'
import type { ListedCredential } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { Table, Td, Th } from '../table/table'
import { Button } from '../ui/button'
import { Time } from '../ui/time'
import { CredentialState } from './credential-state'

const OVERLAP_WORDS: Record<(typeof OVERLAPS)[number], string> = {
  0: 'old one ends at once',
  1: 'old one ends in an hour',
  24: 'old one ends in a day',
  72: 'old one ends in 3 days',
  168: 'old one ends in 7 days',
}

/** The credentials of an agent, newest first, with what may be done to those that still work. */
export function CredentialTable({
  slug,
  rows,
  mayRotate,
  mayRevoke,
}: {
  slug: string
  rows: readonly ListedCredential[]
  mayRotate: boolean
  mayRevoke: boolean
}) {
  const base = `/api/console/agents/${slug}/credentials`
  return (
    <Table label="Credentials" density={40}>
      <thead>
        <tr>
          <Th>Client id, or who asks with it</Th>
          <Th>State</Th>
          <Th>Last used</Th>
          <Th>Made</Th>
          <Th>What may be done</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const usable = row.state === 'live' || row.state === 'ending'
          return (
            <tr key={row.id}>
              <th scope="row">
                {row.point === null ? (
                  <span className="mono">{row.clientId}</span>
                ) : (
                  <Link href={paths.enforcementPoints()}>{row.point.name}</Link>
                )}
              </th>
              <Td>
                <CredentialState state={row.state} expiresAt={row.expiresAt} />
              </Td>
              <Td>
                {row.point !== null ? (
                  <span className="t3">as the point asks</span>
                ) : row.lastUsedAt === null ? (
                  <span className="t3">never</span>
                ) : (
                  <Time at={row.lastUsedAt} show="relative" />
                )}
              </Td>
              <Td quiet>
                <Time at={row.createdAt} show="day" /> by {row.createdBy}
              </Td>
              <Td>
                {usable && (
                  <div className="cred-acts">
                    {mayRotate && row.point === null && (
                      <form method="post" action={`${base}/${row.publicId}/rotation`}>
                        <select
                          className="in"
                          name="overlapHours"
                          aria-label={`When the old secret of ${row.clientId} ends`}
                          defaultValue="24"
                        >
                          {OVERLAPS.map((hours) => (
                            <option key={hours} value={hours}>
                              {OVERLAP_WORDS[hours]}
                            </option>
                          ))}
                        </select>
                        <Button type="submit" size="sm">
                          Rotate
                        </Button>
                      </form>
                    )}
                    {mayRevoke && (
                      <form method="post" action={`${base}/${row.publicId}/revocation`}>
                        <Button type="submit" size="sm">
                          Revoke now
                        </Button>
                      </form>
                    )}
                  </div>
                )}
              </Td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}
