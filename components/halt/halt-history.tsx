import Link from 'next/link'
import type { PastHalt } from '@/lib/halt/read-history'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { RowLink, Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { sayLength } from '../ui/time-words'
import { engagerWords, scopeWords } from './halt-head'

/** Halts, in force and lifted: what, who engaged and who lifted them, for how long, who confirmed, and why. */
export function HaltHistory({ halts, now, label }: { halts: readonly PastHalt[]; now: number; label: string }) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          <Th>Engaged</Th>
          <Th>Scope</Th>
          <Th>By</Th>
          <Th>Lifted by</Th>
          <Th num>In force for</Th>
          <Th num>Confirmed</Th>
          <Th>Why</Th>
        </tr>
      </thead>
      <tbody>
        {halts.map((halt) => (
          <tr key={halt.id}>
            <RowLink href={paths.haltOf(halt.id)}>
              <Time at={halt.engagedAt} />
            </RowLink>
            <Td>{scopeWords(halt)}</Td>
            <Td quiet>{halt.engagedBy ? <Person {...halt.engagedBy} /> : engagerWords(halt)}</Td>
            <Td quiet>
              {halt.liftedAt === null ? <StateWord state="halted" word="In force" /> : <Lifters halt={halt} />}
            </Td>
            <Td num>{sayLength((halt.liftedAt?.getTime() ?? now) - halt.engagedAt.getTime())}</Td>
            <Td num>
              {halt.confirmed === 0 ? <span className="t3">none</span> : halt.confirmed.toLocaleString('en')}
              {halt.slowestMs !== null && <span className="t3">, last after {sayShort(halt.slowestMs)}</span>}
            </Td>
            <Td quiet>{halt.reason === '' ? 'not said' : <HostileText text={halt.reason} max={80} />}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Lifters({ halt }: { halt: PastHalt }) {
  if (halt.liftedBy.length === 0) return 'two people'
  return halt.liftedBy.map((person, i) => (
    <span key={person.id}>
      {i > 0 && ' and '}
      <Person {...person} />
    </span>
  ))
}

function Person({ id, name }: { id: string; name: string }) {
  return (
    <Link className="q" href={paths.person(publicId('person', id))}>
      {name}
    </Link>
  )
}

const sayShort = (ms: number) => (ms < 60_000 ? `${(Math.max(ms, 0) / 1_000).toFixed(1)} s` : sayLength(ms))
