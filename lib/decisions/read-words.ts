import type { Db } from '@/lib/db/client'
import { parseEntry, type Entry } from '@/lib/ledger/entry'
import { ledger } from '@/lib/ledger/handle'
import { openPayloads, openSealed } from '@/lib/ledger/open'
import { editedPayload } from './read-own'
import type { RequestDetail } from './request'
import { readSaid, type Said } from './said'
import { editsOf } from './store-actions'
import type { InboxRow } from './store-inbox'

/** What one request says, as it was opened. */
export type Words = {
  entry: Entry | null
  said: Said
  /** what was opened; null where it could not be */
  payload: unknown
  erased: boolean
  broken: boolean
  /** it is opened only for who says why they read it */
  sensitive: boolean
  edited: RequestDetail['edited']
}

const NOTHING = { said: readSaid(null), payload: null, edited: null }

/**
 * The words of requests, with what people edited them to; none where they were erased or are not what their entries commit to.
 * @param withheld those whose words are not for this reader, by `row.approval_id` (`withheldFrom`)
 */
export async function wordsOfAll(
  db: Db,
  rows: readonly InboxRow[],
  withheld: ReadonlySet<string>,
): Promise<(row: InboxRow) => Words> {
  const ids = rows.flatMap(({ edit_id: id, approval_id: of }) => (id === null || withheld.has(of) ? [] : [id]))
  const [edits, payloads] = ids.length === 0 ? [[], null] : await Promise.all([editsOf(db, ids), openPayloads(db, ids)])
  const byId = new Map(edits.map((edit) => [edit.id, edit]))
  return (row) => {
    const opened = openSealed(row.action_id, row, ledger().keys)
    const payload = opened.state === 'open' ? opened.payload : null
    const asked = readSaid(payload)
    const entry = parseEntry(row.shape ?? row.envelope)
    const broken = opened.state === 'broken'
    if (opened.state === 'open' && withheld.has(row.approval_id))
      return { ...NOTHING, entry, sensitive: true, erased: false, broken }
    if (row.edit_id === null)
      return { entry, said: asked, payload, erased: opened.state !== 'open', broken, sensitive: false, edited: null }
    const edit = editedPayload(opened, byId.get(row.edit_id), payloads?.get(row.edit_id))
    const said = readSaid(edit) // of our own making: readSaid takes nothing for granted
    return {
      entry,
      said,
      payload: edit,
      erased: edit === null,
      broken,
      sensitive: false,
      edited: edit?.edited ? { ...edit.edited, asked: asked.arguments } : null,
    }
  }
}
