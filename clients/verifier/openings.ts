import { createHmac, hash } from 'node:crypto'
import { Break } from './break'

/** What a bundle holds of a payload. Only `opened` can be checked; the others are what the server says of it. */
export type OpeningState = 'opened' | 'erased' | 'expired' | 'sensitive' | 'broken'
const STATES: readonly string[] = ['opened', 'erased', 'expired', 'sensitive', 'broken']

/** `{"index":7,"state":"opened","nonce":"<base64url>","projection":[…],"payload":…}`, in this order; not opened: the first two alone. */
/** `payload`: its JSON, where it is opened. */
export type Opening = { index: number; state: OpeningState; payload: () => string }

const HEAD = /^\{"index":(\d{1,15}),"state":"([a-z]+)"(?:\}$|,"nonce":"([A-Za-z0-9_-]{43})","projection":\[)/
const SPLIT = Buffer.from('],"payload":')

/**
 * Reads the line `[start, end)` of a file and checks it against what the entry commits to: HMAC-SHA-256 under the nonce, over the
 * SHA-256 of the projection (what lists show of it) and then the payload, each byte for byte as it stands here.
 * @param commitmentOf what an entry of this chunk commits to; null: nothing, undefined: no such entry
 * @throws Break `unreadable`, `opening_without_entry`, `opening_differs`
 */
export function checkOpening(
  bytes: Buffer,
  [start, end]: readonly [number, number],
  file: string,
  commitmentOf: (index: number) => string | null | undefined,
): Opening {
  const begin = bytes.toString('latin1', start, Math.min(end, start + 160))
  const [head = '', indexText = '', state = '', nonce] = HEAD.exec(begin) ?? []
  const index = Number(indexText)
  if (head === '' || !STATES.includes(state)) throw new Break('unreadable', { file })
  const commitment = commitmentOf(index)
  if (commitment === undefined || commitment === null) throw new Break('opening_without_entry', { file, index })
  if (state !== 'opened') {
    if (nonce !== undefined || head.length !== end - start) throw new Break('unreadable', { file, index })
    return { index, state: state as OpeningState, payload: () => '' }
  }
  // Inside a JSON string every quote is escaped, so this text stands only where the format put it.
  const list = start + head.length - 1
  const split = bytes.indexOf(SPLIT, list)
  if (nonce === undefined || split < 0 || split >= end || bytes[end - 1] !== 0x7d)
    throw new Break('unreadable', { file, index })
  const projection = bytes.subarray(list, split + 1)
  const payload = bytes.subarray(split + SPLIT.length, end - 1)
  const made = createHmac('sha256', Buffer.from(nonce, 'base64url'))
    .update(hash('sha256', projection, 'buffer'))
    .update(payload)
    .digest('base64url')
  if (made !== commitment) throw new Break('opening_differs', { file, index })
  return { index, state, payload: () => payload.toString('utf8') }
}
