import { injectionSignals, type InjectionSignal } from '@/lib/core/injection'
import type { JsonObject } from '@/lib/core/json'
import { redactSecrets } from '@/lib/core/secrets'
import { isObject } from './message'

/** What was found in a message of an upstream: kinds of secrets that were masked, and signals of planted instructions. */
export type Findings = { masked: string[]; signals: InjectionSignal[] }

/**
 * A message of an upstream as its agent may read it: every known secret masked (C41), with what was found. What routes it (`id`, `method`) is
 * left as it is.
 */
export function cleaned(message: JsonObject): { message: JsonObject; findings: Findings } {
  const masked = new Set<string>()
  const clean: JsonObject = { ...message }
  for (const part of ['result', 'params', 'error'] as const) {
    const value = message[part]
    if (value === undefined) continue
    const redacted = redactSecrets(value)
    for (const { kind } of redacted.found) masked.add(kind)
    clean[part] = redacted.value
  }
  const said = { result: message.result ?? null, params: message.params ?? null, error: message.error ?? null }
  return { message: clean, findings: { masked: [...masked].toSorted(), signals: injectionSignals(said) } }
}

/** Progress of an upstream, raised above what was told before it; any other notification as it is. */
export function raised(message: JsonObject, by: number): JsonObject {
  if (by === 0 || message.method !== 'notifications/progress' || !isObject(message.params)) return message
  const { progress, total } = message.params
  const params = {
    ...message.params,
    ...(typeof progress === 'number' && { progress: progress + by }),
    ...(typeof total === 'number' && { total: total + by }),
  }
  return { ...message, params }
}
