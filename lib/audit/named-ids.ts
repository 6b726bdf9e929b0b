import { parsePublicId, type IdKind } from '@/lib/core/ids'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The UUID a text names as an id of one of these kinds, or bare; none when it names none. */
export function publicForms(text: string, kinds: readonly IdKind[]): readonly string[] {
  const asked = text.trim().toLowerCase()
  if (UUID.test(asked)) return [asked]
  for (const kind of kinds) {
    try {
      return [parsePublicId(kind, asked)]
    } catch {
      // another kind, or none
    }
  }
  return []
}
