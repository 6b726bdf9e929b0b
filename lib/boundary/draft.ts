import { fault } from '@/lib/core/fault'
import { digestText } from '@/lib/core/digest-text'
import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { catalogue } from '@/lib/tools/read'
import { documentOf } from './check'
import type { DraftInput } from './contract'
import { boundaryDigest } from './digest'
import { insertDraft, lockDrafting, newestSigned, openDraft, updateDraft, type VersionRow } from './store'
import type { Governed } from './subject'

/**
 * Saves a draft: the first save makes the next version, further ones replace its text. Only its drafter goes on with an
 * open draft, so that whoever signs it has never written in it (C15). Run it in a transaction.
 * @param of the agent it is for, or null for the organisation's baseline
 * @throws Fault `invalid_boundary` with line and column of everything that is wrong, `conflict` when somebody else's
 *   draft is open, `wrong_state` for a retired agent
 */
export async function draft(
  db: Db,
  person: { id: string },
  of: Governed | null,
  input: DraftInput,
  now: Date,
): Promise<{ id: string; version: number; digest: string }> {
  if (of?.state === 'retired')
    throw fault('wrong_state', { detail: `${of.slug} is retired: nothing governs it any more.` })
  const document = documentOf(input.source, of, await catalogue(db))
  await lockDrafting(db, of?.id ?? null)
  const open = await openDraft(db, of?.id ?? null)
  if (open !== null && open.draftedBy !== person.id)
    throw fault('conflict', {
      detail: `${open.drafter} has version ${String(open.version)} open. It has to be signed, sent back or withdrawn first.`,
    })
  if (input.base !== undefined) await refuseMoved(db, of, open, input.base)
  const digest = boundaryDigest(document, input.source)
  const written = {
    id: open?.id ?? newId(now.getTime()),
    agentId: of?.id ?? null,
    source: input.source,
    document,
    digest,
    note: input.note,
    draftedBy: person.id,
    draftedAt: now,
  }
  const version = open?.version ?? (await insertDraft(db, written))
  if (open !== null && !(await updateDraft(db, written)))
    throw fault('conflict', {
      detail: `Version ${String(version)} was signed or sent back in the meantime. Save again: it makes a new version.`,
    })
  await append(db, {
    kind: of === null ? 'baseline.drafted' : 'boundary.drafted',
    actor: `person:${person.id}`,
    agent: of?.id ?? null,
    owner: of?.ownerId ?? null,
    boundary: { version, digest: digestText(digest) },
    about: { boundary: written.id },
    payload: { source: input.source, note: input.note },
  })
  return { id: written.id, version, digest: digestText(digest) }
}

/** Whoever wrote from another text than the one that stands overwrites nothing unseen. @throws Fault `conflict` */
async function refuseMoved(db: Db, of: Governed | null, open: VersionRow | null, base: string): Promise<void> {
  const standing = open ?? (await newestSigned(db, of?.id ?? null))
  if (base === (standing === null ? 'none' : digestText(standing.digest))) return
  throw fault('conflict', {
    field: 'base',
    detail:
      standing === null
        ? 'There is no boundary of it any more. Pull again.'
        : `Version ${String(standing.version)}, ${open ? `drafted by ${standing.drafter}` : 'in force'}, is not the text this was written from. Pull, and look at the difference.`,
  })
}
