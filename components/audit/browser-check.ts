import { fromBase64, fromHex, toBase64, utf8 } from '@/clients/verifier/proof/bytes'
import { openCheckpoint } from '@/clients/verifier/proof/checkpoint'
import { isBeginning, LOG_BREAKS } from '@/clients/verifier/proof/keeper'
import { isIncluded, leafHash } from '@/clients/verifier/proof/merkle'
import { readVkey } from '@/clients/verifier/proof/note'
import { webPrimitives } from '@/clients/verifier/proof/web'
import { lookAgain, SERVER } from '../shell/kept-log'
import { keptLog } from '../shell/kept-store'
import type { ToCheck } from './browser-proof'

export type BrowserChecked =
  | { state: 'checked'; steps: readonly { holds: boolean; says: string }[]; since: string; first: boolean }
  | { state: 'unavailable'; why: string }

/**
 * Checks one entry here and now: looks at the log first, so that what is kept is the newest there is; then the signature of the
 * page's checkpoint under the kept key, that it fits what is kept, and the entry's way from its bytes to its root.
 */
export async function checkInBrowser({ index, bytes, size, path, note }: ToCheck): Promise<BrowserChecked> {
  const primitives = webPrimitives()
  if (!primitives)
    return { state: 'unavailable', why: 'It has no WebCrypto here: that exists on https and on localhost alone.' }
  const before = keptLog()
  const looked = await lookAgain()
  const kept = looked?.ok ? looked.kept : before
  if (!kept) return { state: 'unavailable', why: 'It keeps no checkpoint yet.' }
  const key = await readVkey(primitives, kept.vkey)
  const opened = key ? await openCheckpoint(primitives, note, [key]) : null
  const tree = opened?.ok ? opened : null
  const leaf = await leafHash(primitives, utf8(bytes))
  const hashes = path.map((hash) => fromHex(hash)).filter((hash) => hash !== null)
  const included = tree !== null && (await isIncluded(primitives, index, size, leaf, hashes, tree.root))
  const fits = tree !== null && (await fitsKept(kept, tree))
  const entries = (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'entry' : 'entries'}`
  return {
    state: 'checked',
    since: kept.since,
    first: before === null,
    steps: [
      { holds: tree !== null, says: `The checkpoint over ${entries(size)} is signed under the key this browser kept` },
      {
        holds: included,
        says: `The bytes above are entry #${index.toLocaleString('en')} of it, over ${path.length} hashes`,
      },
      { holds: fits, says: `It is one history with the checkpoint over ${entries(kept.size)} that this browser keeps` },
      ...(looked?.ok === false ? [{ holds: false, says: `The log itself: ${LOG_BREAKS[looked.code]}` }] : []),
      ...(looked?.ok && looked.from !== null
        ? [{ holds: true, says: `What it kept before, over ${entries(looked.from)}, is the beginning of that` }]
        : []),
    ],
  }

  async function fitsKept(
    own: { size: number; root: string },
    other: { size: number; root: Uint8Array },
  ): Promise<boolean> {
    if (!primitives) return false
    if (own.size <= other.size) return isBeginning(primitives, own, other, SERVER)
    const root = fromBase64(own.root)
    const earlier = { size: other.size, root: toBase64(other.root) }
    return root !== null && isBeginning(primitives, earlier, { size: own.size, root }, SERVER)
  }
}
