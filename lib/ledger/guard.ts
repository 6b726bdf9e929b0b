import type pg from 'pg'
import { openCheckpoint } from '@/lib/ledger/checkpoint'
import type { Ledger } from '@/lib/ledger/handle'
import { decodeRange, rangeRoot } from '@/lib/ledger/merkle'
import { parseVkey, vkeyOf, type NoteVerifier } from '@/lib/ledger/note'
import { hashRanges, rangeNodes } from '@/lib/ledger/proof'
import { historyNotes } from '@/lib/ledger/history'
import { readReleased, type Released } from '@/lib/ledger/released'
import { lastSuccession, readHead, readTiles, type Head } from '@/lib/ledger/store-sequence'
import { nodeFromTile, tileOf } from '@/lib/ledger/tile'

/**
 * Whether the database still holds everything that was signed. `behind`: it has fewer entries than a checkpoint that was let
 * out, `forked`: other ones, `unreadable`: the kept checkpoint is damaged, `unsigned`: the head in the database does not carry our
 * signature over its own tree; `superseded`: another key took over while this process ran. In each of these cases nothing may be signed.
 */
export type Standing =
  | { ok: true; size: number; released: number }
  | {
      ok: false
      reason: 'behind' | 'forked' | 'unreadable' | 'unsigned' | 'superseded'
      size: number
      released: number
    }

/**
 * Compares the database with the last checkpoint let out, and with those kept from before it. The server asks at start: where the answer is not ok, a halt may have
 * been lost with the entries, and the organisation starts halted (DESIGN §5).
 * @param folder where the released checkpoint is kept, outside the database
 */
export async function checkStanding(connections: pg.Pool, ledger: Ledger, folder: string): Promise<Standing> {
  const client = await connections.connect()
  try {
    // One snapshot: a sequencer elsewhere may be adding to head and tiles.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const head = await readHead(client)
    const kept = readReleased(folder, ledger.verifiers)
    const newest = kept.ok
      ? await standingOf(client, ledger, head, kept.released)
      : ({ ok: false, reason: 'unreadable', size: head.size, released: 0 } as const)
    const standing = newest.ok ? ((await fallenBefore(client, ledger, head, folder)) ?? newest) : newest
    await client.query('COMMIT')
    return standing
  } finally {
    client.release()
  }
}

/** The same, for the sequencer that holds the head. */
export async function standingOf(
  client: pg.ClientBase,
  ledger: Ledger,
  head: Head,
  released: Released | null,
): Promise<Standing> {
  const answer = { size: head.size, released: released?.size ?? 0 }
  const last = await lastSuccession(client)
  if (last && last.newVkey !== vkeyOf(ledger.checkpoint)) return { ok: false, reason: 'superseded', ...answer }
  // Until the entry that names the new key is in the tree, what is signed is signed by the old one.
  const signer = last?.index === null ? parseVkey(last.oldVkey) : verifierOf(ledger)
  if (!signer || !isSigned(signer, head)) return { ok: false, reason: 'unsigned', ...answer }
  if (!released || released.size === 0) return { ok: true, ...answer }
  if (head.size < released.size) return { ok: false, reason: 'behind', ...answer }
  const root = await rootAt(client, head, released.size)
  return root?.equals(released.root) ? { ok: true, ...answer } : { ok: false, reason: 'forked', ...answer }
}

/** The first of the checkpoints let out earlier that the database does not hold; null when it holds them all. */
async function fallenBefore(
  client: pg.ClientBase,
  ledger: Ledger,
  head: Head,
  folder: string,
): Promise<(Standing & { ok: false }) | null> {
  for (const note of historyNotes(folder)) {
    const said = ledger.verifiers.map((verifier) => openCheckpoint(note, verifier)).find((opened) => opened.ok)
    const fallen = (reason: 'behind' | 'forked' | 'unreadable') =>
      ({ ok: false, reason, size: head.size, released: said?.ok ? said.size : 0 }) as const
    if (!said?.ok) return fallen('unreadable')
    if (said.size === 0) continue
    if (said.size > head.size) return fallen('behind')
    if (!(await rootAt(client, head, said.size))?.equals(said.root)) return fallen('forked')
  }
  return null
}

/** Before anything is added: a head that somebody moved without the key would otherwise be signed along. */
function isSigned(signer: NoteVerifier, head: Head): boolean {
  if (head.size === 0) return head.note === null && head.compactRange.length === 0
  const opened = openCheckpoint(head.note ?? '', signer)
  if (!opened.ok || opened.size !== head.size) return false
  try {
    return rangeRoot(decodeRange(head.size, head.compactRange)).equals(opened.root)
  } catch {
    return false
  }
}

async function rootAt(client: pg.ClientBase, head: Head, size: number): Promise<Buffer | null> {
  if (head.size === size) return rangeRoot(decodeRange(size, head.compactRange))
  const range = { start: 0, end: size }
  const tiles = await readTiles(client, rangeNodes(range).map(tileOf))
  try {
    const [root] = hashRanges([range], (node) => {
      const { level, n } = tileOf(node)
      const tile = tiles.find((one) => one.level === level && one.n === n)
      if (!tile) throw new RangeError(`tile ${level}/${n} is missing`)
      return nodeFromTile(tile, node)
    })
    return root ?? null
  } catch {
    return null
  }
}

/** What checks the checkpoints this ledger signs. */
export function verifierOf(ledger: Ledger): NoteVerifier {
  const verifier = parseVkey(vkeyOf(ledger.checkpoint))
  if (!verifier) throw new Error('the ledger\u2019s own key cannot be read')
  return verifier
}
