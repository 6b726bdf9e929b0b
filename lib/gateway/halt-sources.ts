import { fault, type Fault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import { Kept } from '@/lib/core/kept'
import { counter } from '@/lib/core/metrics'
import { secretsAt } from '@/lib/core/sealed-secret'
import { readWebhookHeaders, verifyWebhook } from '@/lib/core/standard-webhooks'
import { pool } from '@/lib/db/pool'
import { RateLimit } from '@/lib/gateway/rate'
import { secretOf } from '@/lib/halt/manage-sources'
import { noteRefusedMessages, sourceById, sourcesStanding, type SourceRow } from '@/lib/halt/read-sources'

const refusals = counter(
  'countersign_halt_webhooks_refused_total',
  'Signed messages to engage a halt that were refused, by why.',
)

/** However many messages come, the sources are read no more often than this, in milliseconds: a flood of forgeries costs four queries a second. */
const KEPT_MS = 250
const COUNTED_EVERY_MS = 1_000
/** Messages a second, and at once, of one source: each may become entries. */
const PER_SECOND = 2
const AT_ONCE = 40

type Said = { source: unknown; headers: Readonly<Record<string, unknown>>; body: Buffer }

/** Knows which source sent a message. What is forged, old or of nobody is counted, in the metrics and on its source, and never an entry. */
export class HaltSources {
  readonly #sources = new Kept(() => sourcesStanding(pool('reserved')), KEPT_MS)
  readonly #tally = new Map<string, number>()
  #counting: NodeJS.Timeout | undefined
  readonly #rate = new RateLimit(PER_SECOND, AT_ONCE, 'This source')

  /**
   * The source whose signature a message bears, and the id its sender gave it.
   * @throws Fault `invalid_credential` without saying which of it was wrong; `too_many_requests`
   */
  async sourceOf({ source, headers, body }: Said, now: Date): Promise<{ source: SourceRow; webhookId: string }> {
    const claim = readWebhookHeaders(headers)
    const id = idOf(source)
    if (claim === null || id === null) throw this.#refuse('malformed')
    const known = await this.#sources.find((rows) => rows.find((row) => row.id === id))
    const secrets = known === undefined ? null : secretOf(known)
    if (known === undefined || secrets === null) throw this.#refuse('unknown')
    const verdict = verifyWebhook(claim, body, secretsAt(secrets, now), now)
    if (verdict !== 'holds') throw this.#refuse(verdict, id)
    this.#rate.take(id, now.getTime())
    // what was kept proves who signed, not that the source still stands
    const stands = await sourceById(pool('reserved'), id)
    if (stands === null || stands.revoked_at !== null) throw this.#refuse('unknown')
    return { source: stands, webhookId: claim.id }
  }

  /** Ends what it waits for. */
  close(): void {
    clearTimeout(this.#counting)
  }

  #refuse(why: 'malformed' | 'unknown' | 'forged' | 'stale', sourceId?: string): Fault {
    refusals({ why })
    if (sourceId !== undefined) this.#count(sourceId)
    return fault('invalid_credential', {
      detail:
        'The message has to name its source and bear its signature (Standard Webhooks), made within the last five minutes.',
    })
  }

  /** Written once a second, whatever comes. */
  #count(sourceId: string): void {
    this.#tally.set(sourceId, (this.#tally.get(sourceId) ?? 0) + 1)
    this.#counting ??= setTimeout(() => {
      this.#counting = undefined
      const counted = [...this.#tally]
      this.#tally.clear()
      for (const [id, times] of counted) noteRefusedMessages(pool('app'), id, times).catch(() => undefined)
    }, COUNTED_EVERY_MS).unref()
  }
}

function idOf(source: unknown): string | null {
  try {
    return typeof source === 'string' ? parsePublicId('source', source) : null
  } catch {
    return null
  }
}
