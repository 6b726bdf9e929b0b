import type { JsonValue } from '@/lib/core/json'
import { LIMITS, type OutcomeInput } from '@/lib/decisions/contract'
import type { HookEvent } from './event'

const MOST_TEXT = 64_000
const MOST_ITEMS = 1_000
const LONGEST_MS = 30 * 24 * 3_600_000

/** What came of a call, as its last event says it; what is too long is cut and says so. */
export function outcomeOf(event: HookEvent): Omit<OutcomeInput, 'grant'> {
  const duration =
    event.duration_ms === undefined ? {} : { duration_ms: Math.min(Math.round(event.duration_ms), LONGEST_MS) }
  switch (event.hook_event_name) {
    case 'PostToolUse':
      return { status: 'succeeded', output: bounded(event.tool_response ?? null), ...duration }
    case 'PermissionDenied':
      return { status: 'aborted', error: 'Claude Code itself did not let it run.', ...duration }
    default:
      return {
        status: event.is_interrupt === true ? 'aborted' : 'failed',
        error: textOf(event.error).slice(0, LIMITS.textChars),
        ...duration,
      }
  }
}

/** A value small enough to be kept, with nothing in it the database could not hold. */
export function bounded(value: unknown): JsonValue {
  const kept = storable(value)
  const text = JSON.stringify(kept)
  if (Buffer.byteLength(text) <= LIMITS.outputBytes) return kept
  return { cut: true, bytes: Buffer.byteLength(text), beginning: text.slice(0, MOST_TEXT) }
}

function storable(value: unknown): JsonValue {
  if (typeof value === 'string') return textIn(value)
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map(storable)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, MOST_ITEMS)
        .map(([name, inner]) => [textIn(name), storable(inner)]),
    )
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

const textOf = (error: unknown): string =>
  textIn(typeof error === 'string' ? error : JSON.stringify(error ?? 'It failed and did not say how.'))

/** A text short enough to be kept; a longer one says how long it was. */
export function textIn(text: string): string {
  const clean = wellFormed(text)
  return clean.length <= MOST_TEXT
    ? clean
    : `${wellFormed(clean.slice(0, MOST_TEXT))}… (${String(clean.length)} characters)`
}

/** Without the halves of surrogate pairs and the NUL, which no text of the database can hold. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\u0000', '\uFFFD')
