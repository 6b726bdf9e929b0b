import { kindOf, type Item } from './item'
import { severityOf } from './otlp'

/** Facility 13, "log audit" (RFC 5424 §6.2.1). */
const FACILITY = 13
const SEVERITY = { INFO: 6, WARN: 4, ERROR: 3 } as const

/**
 * A message of RFC 5424: version 1, facility 13, the event as JSON in MSG. It is ASCII alone, so that no byte order mark is needed
 * (§6.4) and no receiver has to guess. `sequenceId` (§7.3.1) is the entry's index and one, within its 31 bits.
 * @param json     the event; what is not ASCII in it is escaped
 * @param hostname of this Countersign, as PUBLIC_URL names it
 */
export function syslogMessage(item: Item, json: string, hostname: string): string {
  const pri = FACILITY * 8 + SEVERITY[severityOf(item).severityText]
  const meta = item.index === null ? '' : `[meta sequenceId="${(item.index % 2_147_483_647) + 1}"]`
  const head = `<${pri}>1 ${item.at.toISOString()} ${printable(hostname, 255)} countersign - ${printable(kindOf(item), 32)}`
  return `${head} [origin software="countersign"]${meta} ${ascii(json)}`
}

/** Octet counting (RFC 6587 §3.4.1, RFC 5425 §4.3.1): the length in bytes, a space, the message. */
export function frame(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`
}

/** The same JSON in ASCII (RFC 8259 §7): surrogates one by one, as JSON wants them. */
function ascii(json: string): string {
  return json.replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** PRINTUSASCII of a header field (RFC 5424 §6); the NILVALUE when nothing is left. */
function printable(text: string, most: number): string {
  return text.replace(/[^\u0021-\u007e]/g, '').slice(0, most) || '-'
}
