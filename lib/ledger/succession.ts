import { sign, verify } from 'node:crypto'
import type { Checkpoint } from '@/lib/ledger/checkpoint'
import type { Entry, Succession } from '@/lib/ledger/entry'
import type { EntryKind } from '@/lib/ledger/entry-kinds'
import { noteLine, parseVkey, vkeyOf, type NoteSigner, type NoteVerifier } from '@/lib/ledger/note'

/**
 * One key, or one name, of the log taking over from another. It is an entry, so that the log itself says since when; it is
 * signed with both keys, so that whoever knows either can tell, from the entry alone, that the other is the log's as well.
 */
export const SUCCESSION_KINDS = ['ledger.key_rotated', 'ledger.continued'] as const satisfies readonly EntryKind[]

export interface OpenedSuccession {
  old: NoteVerifier
  new: NoteVerifier
  oldVkey: string
  newVkey: string
  /** The last checkpoint let out under the old name, which the log does not hold any more; null when only the key changed. */
  lost: Checkpoint | null
}

/**
 * Signs what a succession says, with both keys.
 * @param id the id of the entry that will carry it: the signatures serve for no other
 * @param lost the checkpoint under the old name that the log goes on without, with its signature of 64 bytes
 */
export function signSuccession(
  id: string,
  from: NoteSigner,
  to: NoteSigner,
  lost: (Checkpoint & { signature: Buffer }) | null = null,
): Succession {
  const said = {
    old: vkeyOf(from),
    new: vkeyOf(to),
    ...(lost && {
      lost: { root: lost.root.toString('base64'), signature: lost.signature.toString('base64'), size: lost.size },
    }),
  }
  const text = Buffer.from(textOf(id, said), 'utf8')
  return {
    ...said,
    old_signature: sign(null, text, from.privateKey).toString('base64'),
    new_signature: sign(null, text, to.privateKey).toString('base64'),
  }
}

/** Reads the succession of an entry; null when it carries none, or either signature does not hold. */
export function openSuccession(entry: Entry): OpenedSuccession | null {
  const { succession: said } = entry
  if (!said || !(SUCCESSION_KINDS as readonly string[]).includes(entry.kind)) return null
  const [from, to] = [parseVkey(said.old), parseVkey(said.new)]
  if (!from || !to || said.old === said.new) return null
  const text = Buffer.from(textOf(entry.id, said), 'utf8')
  const holds = (key: NoteVerifier, signature: string) =>
    verify(null, text, key.publicKey, Buffer.from(signature, 'base64'))
  if (!holds(from, said.old_signature) || !holds(to, said.new_signature)) return null
  // A key is replaced under one name; a name is replaced when something was lost, and then says what.
  if ((entry.kind === 'ledger.key_rotated') !== (from.name === to.name)) return null
  if ((entry.kind === 'ledger.continued') !== (said.lost !== undefined)) return null
  const lost = said.lost && {
    origin: from.name,
    size: said.lost.size,
    root: Buffer.from(said.lost.root, 'base64'),
  }
  return { old: from, new: to, oldVkey: said.old, newVkey: said.new, lost: lost ?? null }
}

/** The succession as a signed note, with the lines of both keys: what a stranger who knows the old key is shown. */
export function successionNote(entry: Entry): string | null {
  const opened = openSuccession(entry)
  if (!opened || !entry.succession) return null
  const { old_signature, new_signature } = entry.succession
  const line = (key: NoteVerifier, signature: string) => noteLine(key, Buffer.from(signature, 'base64'))
  return `${textOf(entry.id, entry.succession)}\n${line(opened.old, old_signature)}\n${line(opened.new, new_signature)}\n`
}

/** Who takes over, by a note that the key one knows has signed; null when it is no succession of that key's. */
export function followSuccession(note: string, known: NoteVerifier): { vkey: string; verifier: NoteVerifier } | null {
  const split = note.lastIndexOf('\n\n')
  const text = note.slice(0, split + 1)
  const [header, , oldVkey, newVkey, lost, ...rest] = text.split('\n')
  const from = parseVkey(oldVkey ?? '')
  const to = parseVkey(newVkey ?? '')
  if (header !== HEADER || !from || !to || !newVkey || rest.length > (lost === '' ? 0 : 1)) return null
  if (from.name !== known.name || !from.keyId.equals(known.keyId)) return null
  const message = Buffer.from(text, 'utf8')
  const signed = (key: NoteVerifier) =>
    note
      .slice(split + 2)
      .split('\n')
      .some((line) => {
        const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64')
        return line === noteLine(key, bytes.subarray(4)) && verify(null, message, key.publicKey, bytes.subarray(4))
      })
  return signed(known) && signed(to) ? { vkey: newVkey, verifier: to } : null
}

const HEADER = 'countersign succession v1'

function textOf(id: string, said: Pick<Succession, 'old' | 'new' | 'lost'>): string {
  const lost = said.lost ? `lost ${said.lost.size} ${said.lost.root}\n` : ''
  return `${HEADER}\n${id}\n${said.old}\n${said.new}\n${lost}`
}
