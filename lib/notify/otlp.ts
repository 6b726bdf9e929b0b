import { kindOf, type Item } from './item'

/** An attribute of OTLP (`common.v1.KeyValue`) in the JSON encoding of protobuf: 64-bit numbers are decimal strings. */
type KeyValue = { key: string; value: { stringValue: string } | { intValue: string } | { boolValue: boolean } }

/**
 * The body of an `ExportLogsServiceRequest` in JSON (OTLP 1.9, "JSON Protobuf Encoding": lowerCamelCase names, enums as
 * numbers). One log record an item, in order; the record's body is the entry's canonical JSON, so that its leaf hash can be recomputed.
 * @param origin     the name of the log
 * @param observedAt when it was read from the log
 */
export function otlpLogs(items: readonly Item[], origin: string, observedAt: Date): string {
  return JSON.stringify({
    resourceLogs: [
      {
        resource: {
          attributes: [text('service.name', 'countersign'), text('service.instance.id', origin)],
        },
        scopeLogs: [
          {
            scope: { name: 'countersign.ledger', version: '1' },
            logRecords: items.map((item) => record(item, observedAt)),
          },
        ],
      },
    ],
  })
}

function record(item: Item, observedAt: Date) {
  const { severityNumber, severityText } = severityOf(item)
  return {
    timeUnixNano: nanoseconds(item.at),
    observedTimeUnixNano: nanoseconds(observedAt),
    severityNumber,
    severityText,
    body: { stringValue: item.entry === null ? '' : JSON.stringify(item.entry) },
    attributes: attributesOf(item),
    eventName: `countersign.${kindOf(item)}`,
  }
}

function attributesOf(item: Item): KeyValue[] {
  const { entry, index, leaf, projection } = item
  const given: [string, string | number | null | undefined][] = [
    ['countersign.entry.id', item.id],
    ['countersign.entry.index', index],
    ['countersign.entry.leaf', leaf?.toString('base64')],
    ['countersign.entry.kind', kindOf(item)],
    ['countersign.outcome', entry?.outcome],
    ['countersign.reason', entry?.reason],
    ['countersign.rule', entry?.rule],
    ['countersign.actor', entry?.actor],
    ['countersign.owner', entry?.owner],
    ['countersign.action.id', entry?.action ?? (entry?.kind === 'action.decided' ? entry.id : null)],
    ['countersign.run.id', entry?.run],
    ['countersign.boundary.version', entry?.boundary?.version],
    ['countersign.boundary.digest', entry?.boundary?.digest],
    // OpenTelemetry's own names where it has them (semantic conventions for generative AI)
    ['gen_ai.agent.id', entry?.agent],
    ['gen_ai.tool.name', entry?.tool ?? projection?.tool],
    ['countersign.resource.type', projection?.resource_type],
    ['countersign.resource.id', projection?.resource_id],
    ['countersign.requester', projection?.requester],
    ['countersign.requester.proof', projection?.requester_proof],
  ]
  return given.flatMap(([key, value]): KeyValue[] => {
    if (value === null || value === undefined) return []
    return [typeof value === 'number' ? { key, value: { intValue: String(value) } } : text(key, value)]
  })
}

/** The log data model's numbers (OpenTelemetry, "Severity Fields"): INFO is 9, WARN 13, ERROR 17. */
export function severityOf(item: Item): { severityNumber: 9 | 13 | 17; severityText: 'INFO' | 'WARN' | 'ERROR' } {
  const kind = kindOf(item)
  if (kind === 'halt.engaged' || kind === 'ledger.unreadable') return { severityNumber: 17, severityText: 'ERROR' }
  const { outcome } = item.entry ?? {}
  if (outcome === 'forbid' || outcome === 'rejected' || kind === 'alert.raised' || kind === 'alert.escalated')
    return { severityNumber: 13, severityText: 'WARN' }
  return { severityNumber: 9, severityText: 'INFO' }
}

/**
 * What a receiver's answer says about an export it took with 200: how many records it rejected (`partial_success`); null when
 * it is no `ExportLogsServiceResponse`. An empty body is an empty message.
 */
export function rejectedBy(body: string): number | null {
  if (body.trim() === '') return 0
  try {
    const said: unknown = JSON.parse(body)
    if (typeof said !== 'object' || said === null || Array.isArray(said)) return null
    const partial = 'partialSuccess' in said ? said.partialSuccess : null
    if (partial === null || typeof partial !== 'object') return partial === null ? 0 : null
    const rejected = 'rejectedLogRecords' in partial ? Number(partial.rejectedLogRecords) : 0
    return Number.isSafeInteger(rejected) && rejected >= 0 ? rejected : null
  } catch {
    return null
  }
}

const text = (key: string, value: string): KeyValue => ({ key, value: { stringValue: value } })
const nanoseconds = (at: Date): string => `${at.getTime()}000000`
