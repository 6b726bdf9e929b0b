import type { Entry } from '@/lib/ledger/entry'
import type { Gone } from './gone'
import type { RowActor } from './row'

/** One entry as its page shows it. `projection` holds what an agent said: data. */
export type EntryDetail = {
  index: number
  /** `ent_…` */
  id: string
  recordedAt: string
  /** Null: the bytes are no entry of ours; somebody changed them. */
  entry: Entry | null
  /** The bytes that were hashed, as text. */
  bytes: string
  /** Hexadecimal. */
  leaf: string
  /** The newest place of the log. */
  last: number
  /** `act_…` */
  action: string | null
  agent: string | null
  owner: { id: string; name: string } | null
  actor: RowActor | null
  /** What became of what is kept apart. */
  payload: 'none' | 'open' | 'erased' | 'broken' | 'sensitive'
  /** Who erased it and why, or since when it has expired. */
  gone: Gone | null
  projection: Readonly<Record<string, string | null>> | null
}
