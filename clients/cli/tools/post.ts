import type { JsonValue } from '@/lib/core/json'
import { importedWords } from '@/lib/tools/imported-words'
import type { ImportedList } from '@/lib/tools/import-list'
import type { PersonSession } from '../shared/session'

/** Posts a list to the catalogue as whoever is logged in, and answers what became of it, in words too. @throws Trouble with what the console says */
export async function postList(
  session: PersonSession,
  name: string,
  tools: readonly JsonValue[],
): Promise<ImportedList & { words: string }> {
  const body = { server: name, list: JSON.stringify({ tools }) }
  const imported = await session.ask<ImportedList>('POST', '/api/console/tools/lists', body)
  return { ...imported, words: importedWords(imported) }
}
