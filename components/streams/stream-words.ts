import type { StreamKind, StreamState } from '@/lib/notify/stream'
import type { StateName } from '../ui/state-words'

/** How each kind of stream is called, and what it is for. */
export const STREAM_WORDS: Readonly<Record<StreamKind, { name: string; says: string }>> = {
  cloudevents: { name: 'Webhook', says: 'CloudEvents 1.0, signed as Standard Webhooks asks.' },
  otlp: { name: 'OTLP logs', says: 'OpenTelemetry log records over HTTP.' },
  shared_signals: {
    name: 'Security events',
    says: 'That the session of a halted agent is revoked: CAEP 1.0, pushed as RFC 8935 asks.',
  },
  ocsf_syslog: { name: 'Syslog', says: 'OCSF 1.8 events in RFC 5424 messages, over TLS or TCP.' },
}

/** The state of a stream as the console shows states. */
export const STREAM_STATE_WORDS: Readonly<Record<Exclude<StreamState, 'removed'>, { state: StateName; word: string }>> =
  {
    active: { state: 'active', word: 'Active' },
    failing: { state: 'raised', word: 'Failing' },
    paused: { state: 'suspended', word: 'Paused' },
  }

/** A span of seconds in words: `0 s`, `40 s`, `12 min`, `3 h`, `5 days`. */
export function sayBehind(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}
