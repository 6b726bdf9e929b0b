import { isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The person an address of the console names: `per_…` or a bare UUID; undefined for anything else. */
export function personOf(text: string): string | undefined {
  if (UUID.test(text)) return text
  try {
    return parsePublicId('person', text)
  } catch (error) {
    if (isFault(error)) return undefined
    throw error
  }
}

/** The moment a page is asked about with `?at=`: a past one as RFC 3339; undefined when there is none, or it cannot be read. */
export function momentOf(text: unknown, now: Date): Date | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const at = new Date(text)
  return Number.isNaN(at.getTime()) || at > now || at.getTime() < 0 ? undefined : at
}
