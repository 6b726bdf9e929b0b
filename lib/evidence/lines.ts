import { toOcsf } from '@/lib/audit/ocsf'
import { publicId } from '@/lib/core/ids'
import type { LedgerEntry } from '@/lib/ledger/read'
import { csvRecord } from './csv'
import type { Format } from './export'

/** What an entry's ids are called, and the log it is of. */
export type Naming = { origin: string; names: ReadonlyMap<string, string> }

const COLUMNS = [
  ...['index', 'id', 'time', 'kind', 'outcome', 'reason', 'rule', 'actor', 'agent', 'agent_id', 'owner_id'],
  ...['action', 'run', 'boundary_version', 'boundary_digest', 'tool', 'resource_type', 'resource_id', 'requester'],
  ...['requester_proof', 'sentence', 'labels', 'leaf_hash'],
] as const

/** What comes before the first entry. */
export function headOf(format: Exclude<Format, 'bundle'>): string {
  return format === 'csv' ? csvRecord(COLUMNS) : ''
}

/** One entry in a format that has a line for each. Bytes that are no entry are passed on as what they are. */
export function lineOf(format: Exclude<Format, 'bundle'>, found: LedgerEntry, naming: Naming): string {
  switch (format) {
    case 'ndjson':
      return ndjson(found, naming)
    case 'csv':
      return csv(found, naming)
    case 'ocsf':
      return ocsf(found, naming)
  }
}

/** The entry itself is there byte for byte: what is hashed to `leaf` is the text between `"entry":` and its closing brace. */
function ndjson({ index, bytes, entry, leaf, projection }: LedgerEntry, { names }: Naming): string {
  const said = entry ? bytes.toString('latin1') : JSON.stringify(bytes.toString('base64'))
  const agent = (entry?.agent && names.get(entry.agent)) ?? null
  return `{"index":${index ?? 'null'},"leaf":"${leaf.toString('hex')}","entry":${said},"agent":${JSON.stringify(agent)},"shown":${JSON.stringify(projection)}}\n`
}

function csv({ index, entry, leaf, projection, id }: LedgerEntry, { names }: Naming): string {
  if (!entry)
    return csvRecord([
      index,
      publicId('entry', id),
      null,
      'not an entry',
      ...Array<null>(COLUMNS.length - 5).fill(null),
      leaf.toString('hex'),
    ])
  const agent = (entry.agent && names.get(entry.agent)) ?? null
  return csvRecord([
    ...[index, publicId('entry', id), entry.time, entry.kind, entry.outcome ?? null, entry.reason ?? null],
    ...[entry.rule ?? null, entry.actor, agent, entry.agent ?? null, entry.owner ?? null],
    ...[
      entry.kind === 'action.decided' ? publicId('action', id) : entry.action ? publicId('action', entry.action) : null,
    ],
    ...[entry.run ?? null, entry.boundary?.version ?? null, entry.boundary?.digest ?? null],
    ...[projection?.tool ?? entry.tool ?? null, projection?.resource_type ?? null, projection?.resource_id ?? null],
    ...[projection?.requester ?? null, projection?.requester_proof ?? null, projection?.sentence ?? null],
    ...[entry.labels?.join(' ') ?? null, leaf.toString('hex')],
  ])
}

function ocsf({ index, entry, leaf, projection, bytes }: LedgerEntry, { origin, names }: Naming): string {
  if (!entry)
    return `${JSON.stringify({ not_an_entry: bytes.toString('base64'), log_index: index, leaf_hash: leaf.toString('hex') })}\n`
  const resource = projection?.resource_id ? { type: projection.resource_type, id: projection.resource_id } : null
  const agent = (entry.agent && names.get(entry.agent)) ?? null
  const event = toOcsf(
    { index, entry, leaf: leaf.toString('hex'), agent, tool: projection?.tool ?? null, resource },
    origin,
  )
  return `${JSON.stringify(event)}\n`
}
