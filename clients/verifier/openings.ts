import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { Break } from './break'

/** What a bundle holds of a payload. Only `opened` can be checked; the others are what the server says of it. */
export type OpeningState = 'opened' | 'erased' | 'expired' | 'sensitive' | 'broken'
const STATES: readonly string[] = ['opened', 'erased', 'expired', 'sensitive', 'broken']

/** `{"index":7,"state":"opened","nonce":"<base64url>","projection":[…],"payload":…}`, in this order; not opened: the first two alone. */
export type Opening = { index: number; state: OpeningState; payload: string | null }

const HEAD = /^\{"index":(\d{1,15}),"state":"([a-z]+)"(?:\}$|,"nonce":"([A-Za-z0-9_-]{43})","projection":(\[))/

/**
 * Reads one line and checks it against what the entry commits to: HMAC-SHA-256 under the nonce, over the SHA-256 of the projection
 * (what lists show of it) and then the payload, each byte for byte as it stands here.
 * @param commitmentOf what an entry of this chunk commits to; null: nothing, undefined: no such entry
 * @throws Break `unreadable`, `opening_without_entry`, `opening_differs`
 */
export function checkOpening(
  line: string,
  file: string,
  commitmentOf: (index: number) => string | null | undefined,
): Opening {
  const [head = '', indexText = '', state = '', nonce, list] = HEAD.exec(line) ?? []
  const index = Number(indexText)
  if (head === '' || !STATES.includes(state)) throw new Break('unreadable', { file })
  const commitment = commitmentOf(index)
  if (commitment === undefined || commitment === null) throw new Break('opening_without_entry', { file, index })
  if (state !== 'opened') {
    if (list !== undefined) throw new Break('unreadable', { file, index })
    return { index, state: state as OpeningState, payload: null }
  }
  // Inside a JSON string every quote is escaped, so this text stands only where the format put it.
  const split = line.indexOf('],"payload":', head.length - 1)
  if (nonce === undefined || split < 0 || !line.endsWith('}')) throw new Break('unreadable', { file, index })
  const projection = line.slice(head.length - 1, split + 1)
  const payload = line.slice(split + '],"payload":'.length, -1)
  const made = createHmac('sha256', Buffer.from(nonce, 'base64url'))
    .update(hash('sha256', projection, 'buffer'))
    .update(payload)
    .digest()
  const promised = Buffer.from(commitment, 'base64url')
  if (promised.length !== 32 || !timingSafeEqual(promised, made)) throw new Break('opening_differs', { file, index })
  return { index, state, payload }
}
