import type { HolderView, Integrity } from '@/lib/audit/integrity'
import { Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

const KINDS = { witness: 'Witness, cosigns', webhook: 'Webhook', watcher: 'Watcher' } as const

/** Who holds checkpoints outside of this server, and how far behind each is. Only a witness proves that it does. */
export function IntegrityLeaving({ integrity }: { integrity: Integrity }) {
  const { holders, size } = integrity
  return (
    <>
      {holders.length === 0 ? (
        <p>
          <b>Nowhere that this server knows of.</b> Whoever holds this machine could rewrite everything, and nothing
          would show it.
        </p>
      ) : (
        <Table label="Who holds checkpoints" density={40}>
          <thead>
            <tr>
              <Th>Who</Th>
              <Th>Name</Th>
              <Th num>Has</Th>
              <Th num>Behind</Th>
              <Th>Last</Th>
              <Th>Trouble</Th>
            </tr>
          </thead>
          <tbody>
            {holders.map((holder) => (
              <Row key={`${holder.kind} ${holder.name}`} holder={holder} size={size} />
            ))}
          </tbody>
        </Table>
      )}
      <p className="t2">
        Run <span className="mono">npx countersign watch</span> on a machine that others hold, name a witness, or send
        checkpoints to a webhook. A copy of what was let out is also kept in a folder beside the database. A watcher or
        a webhook is noted because it came or answered; a witness leaves its signature.
      </p>
    </>
  )
}

function Row({ holder, size }: { holder: HolderView; size: number }) {
  const behind = Math.max(0, size - holder.size)
  return (
    <tr>
      <Td>{KINDS[holder.kind]}</Td>
      <Td mono>
        <HostileText text={holder.name} max={120} />
      </Td>
      <Td num>{holder.heldAt === null ? 'nothing yet' : holder.size.toLocaleString('en')}</Td>
      <Td num>{holder.heldAt === null ? '' : behind.toLocaleString('en')}</Td>
      <Td>{holder.heldAt === null ? 'never' : <Time at={holder.heldAt} show="relative" />}</Td>
      <Td quiet>{holder.failure === null ? 'none' : <HostileText text={holder.failure} max={160} />}</Td>
    </tr>
  )
}
