import { ledger } from '@/lib/ledger/handle'
import { PAGERDUTY_URL, type RoomSettings } from './channel'
import { failure, failureOf, type Outcome } from './failure'
import { formatPagerduty } from './format-pagerduty'
import { formatSlack } from './format-slack'
import { formatTeams } from './format-teams'
import type { Message } from './message'
import type { PagerAct } from './notification'
import { Poster } from './post'
import { ownPorts } from './reach'
import { openSecret } from './secret'
import type { ChannelRow } from './store-channel'

/** What a room is told; `message` is null where an open incident is only acknowledged or resolved. */
export type RoomWord = { message: Message | null; act: PagerAct; thread: string; at: Date }

/**
 * Posts one message to Slack, Teams or PagerDuty and answers whether it was taken. The same rules of reach hold as for streams
 * (ADR 0013): redirects are not followed, private addresses only by choice. Never throws: whatever happens is an outcome.
 * @param origin of this console: where the link in it leads
 */
export async function sendToRoom(
  channel: Pick<ChannelRow, 'id' | 'kind' | 'settings' | 'secret'>,
  word: RoomWord,
  origin: string,
  timeoutMs: number,
): Promise<Outcome> {
  const secret = channel.secret === null ? null : openSecret(channel.id, channel.secret, ledger().keys.payload)
  if (secret === null) return failure('secret')
  const { private: own, url: fixed } = channel.settings as RoomSettings
  const pager = channel.kind === 'pagerduty'
  const url = new URL(pager ? (fixed ?? PAGERDUTY_URL) : secret.current)
  const secured = url.protocol === 'https:'
  const port = url.port === '' ? (secured ? 443 : 80) : Number(url.port)
  const poster = new Poster()
  try {
    const answer = await poster.post({
      ...{
        url,
        headers: { 'content-type': 'application/json' },
        body: bodyOf(channel, word, secret.current, origin),
        ca: null,
      },
      ...{ allowed: { private: own, plain: !secured, port, ownPorts: ownPorts() }, timeoutMs },
    })
    return byStatus(answer)
  } catch (error) {
    return failureOf(error)
  } finally {
    poster.close()
  }
}

function bodyOf({ kind }: Pick<ChannelRow, 'kind'>, word: RoomWord, secret: string, origin: string): string {
  if (kind === 'pagerduty')
    return JSON.stringify(formatPagerduty(word.message, { ...word, routingKey: secret, origin }))
  if (word.message === null) throw new Error('only a pager hears of what says nothing')
  return JSON.stringify(kind === 'slack' ? formatSlack(word.message, origin) : formatTeams(word.message, origin))
}

/** What was refused once for what it is will be refused again; a room that is gone is gone. */
function byStatus({ status, retryAfter }: { status: number; retryAfter: number | null }): Outcome {
  const said = `HTTP ${status}`
  if (status >= 200 && status < 300) return { ok: true }
  if (status === 429 || status === 503) return failure('busy', said, retryAfter)
  if (status === 410) return failure('gone', said)
  if (status >= 300 && status < 400) return failure('redirect', said)
  if (status === 400 || status === 413 || status === 415 || status === 422) return failure('rejected', said)
  return failure('status', said, retryAfter)
}
