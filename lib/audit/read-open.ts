import type { Db } from '@/lib/db/client'
import { isFault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { entryById } from '@/lib/ledger/read'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { EntryDetail } from './entry-detail'
import { readEntryAt } from './read-entry'
import { readStory } from './read-story'
import type { Story } from './story'

/** The entry that is open beside the list. `missing`: it is not there, or not for this person to read. */
export type OpenEntry =
  | { is: 'entry'; detail: EntryDetail; story: Story | null }
  /** it was recorded, and is about to get its place in the log */
  | { is: 'placeless'; id: string }
  | { is: 'missing'; id: string }

/**
 * Reads the entry that is open, and the story of its action.
 * @param id `ent_…`
 */
export async function readOpen(db: Db, actor: Actor, id: string): Promise<OpenEntry> {
  const found = await entryById(db, parsePublicId('entry', id, 'entry'))
  if (!found) return { is: 'missing', id }
  if (found.index === null) return can(actor, 'audit.read').ok ? { is: 'placeless', id } : { is: 'missing', id }
  const detail = await orNull(readEntryAt(db, actor, found.index))
  if (!detail) return { is: 'missing', id }
  const action = found.entry?.kind === 'action.decided' ? found.id : found.entry?.action
  const story = action ? await orNull(readStory(db, actor, publicId('action', action))) : null
  return { is: 'entry', detail, story }
}

async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read
  } catch (error) {
    if (isFault(error) && error.code === 'not_found') return null
    throw error
  }
}
