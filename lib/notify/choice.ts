import type { Severity } from '@/lib/alerts/alert'
import { KINDS, type NotificationKind, type Pace, PACES } from './notification'
import { digestAt, quietUntil, type QuietHours } from './quiet-hours'

/** What one person wants to hear, by mail and in the browser; the browser knows no digests. */
export type Wants = { mail: Record<NotificationKind, Pace>; browser: Record<NotificationKind, 'off' | 'now'> }

/** A person's whole choice. `timeZone`: theirs, or the organisation's. `urgent`: what cannot wait is told in quiet hours too. */
export type Choice = { wants: Wants; severity: Severity; timeZone: string; quiet: QuietHours | null; urgent: boolean }

const each = <T>(value: (kind: NotificationKind) => T) =>
  Object.fromEntries(KINDS.map((kind) => [kind, value(kind)])) as Record<NotificationKind, T>

/** Who said nothing hears everything by mail at once, lesser alerts left out; screens show nothing before somebody allowed it there. */
export const DEFAULT_WANTS: Wants = { mail: each(() => 'now'), browser: each(() => 'off') }
export const DEFAULT_CHOICE: Omit<Choice, 'timeZone'> = {
  wants: DEFAULT_WANTS,
  severity: 'warning',
  quiet: null,
  urgent: true,
}

/** Reads stored wants; what is missing or unknown in them is as if nothing was said, so that a new kind is heard. */
export function readWants(stored: unknown): Wants {
  const of = (way: 'mail' | 'browser'): Record<string, unknown> => {
    const value = (stored as Partial<Record<string, unknown>> | null)?.[way]
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  }
  const [mail, browser] = [of('mail'), of('browser')]
  return {
    mail: each((kind) => PACES.find((pace) => pace === mail[kind]) ?? DEFAULT_WANTS.mail[kind]),
    browser: each((kind) => (browser[kind] === 'now' ? 'now' : 'off')),
  }
}

/**
 * When a message to this person is due, and how it is paced; null when they do not want it. What is urgent goes at once whatever the
 * digest says, and through quiet hours where they left that on. Pure.
 */
export function paceFor(
  choice: Choice,
  way: 'mail' | 'browser',
  { kind, urgent, severity }: { kind: NotificationKind; urgent: boolean; severity: Severity | null },
  now: Date,
): { pace: Exclude<Pace, 'off'>; dueAt: Date } | null {
  const wanted = choice.wants[way][kind]
  if (wanted === 'off') return null
  if (severity !== null && SEVERITY_ORDER.indexOf(severity) < SEVERITY_ORDER.indexOf(choice.severity)) return null
  const atOnce = wanted === 'now' || urgent
  const due = atOnce ? now : digestAt(now, wanted, choice.timeZone)
  const through = choice.quiet === null || (urgent && choice.urgent)
  return {
    pace: atOnce ? 'now' : wanted,
    dueAt: through ? due : quietUntil(due, choice.quiet ?? NEVER, choice.timeZone),
  }
}

const SEVERITY_ORDER: readonly Severity[] = ['notice', 'warning', 'critical']
const NEVER: QuietHours = { from: 0, until: 0 }
