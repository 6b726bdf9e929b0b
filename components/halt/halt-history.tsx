import type { HaltView } from '@/lib/halt/read'
import { paths } from '@/lib/core/paths'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'
import { sayLength } from '../ui/time-words'
import { scopeWords } from './halt-head'

/** Halts that were lifted: what, by whom, for how long, and why. */
export function HaltHistory({ halts }: { halts: readonly HaltView[] }) {
  return (
    <Table label="Halts that were lifted">
      <thead>
        <tr>
          <Th>Engaged</Th>
          <Th>Scope</Th>
          <Th>By</Th>
          <Th>Why</Th>
          <Th num>In force for</Th>
        </tr>
      </thead>
      <tbody>
        {halts.map((halt) => (
          <tr key={halt.id}>
            <RowLink href={paths.haltOf(halt.id)}>
              <Time at={halt.engagedAt} />
            </RowLink>
            <Td>{scopeWords(halt)}</Td>
            <Td quiet>{halt.engagedBy?.name ?? 'Countersign'}</Td>
            <Td quiet>{halt.reason && <HostileText text={halt.reason} max={80} />}</Td>
            <Td num>{halt.liftedAt && sayLength(halt.liftedAt.getTime() - halt.engagedAt.getTime())}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
