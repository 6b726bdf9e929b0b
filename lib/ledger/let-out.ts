import { createHash } from 'node:crypto'
import { encodeAddCheckpoint, SIZE_TYPE } from '@/lib/ledger/add-checkpoint'
import { checkpointText } from '@/lib/ledger/checkpoint'
import { openCosignatures, withSignatures, type Cosigner } from '@/lib/ledger/cosignature'
import { signWebhook } from '@/lib/core/standard-webhooks'
import { ledgerStatus } from '@/lib/ledger/read'
import { readConsistency } from '@/lib/ledger/read-log'
import type { Sql } from '@/lib/ledger/sql'
import { claimHolder, forgetReceivers, settleHolder } from '@/lib/ledger/store-holder'

/** A witness as the operator names it. */
export interface Witness {
  vkey: string
  cosigner: Cosigner
  /** Its submission prefix, without a slash at its end. */
  url: string
}

/** A receiver of every checkpoint. */
export interface CheckpointWebhook {
  url: string
  /** `whsec_…` */
  secret: string
}

const TIMEOUT_MS = 10_000
const MOST_BYTES = 64_000
const EVERY_SECONDS = 10
/** An idle log is cosigned and sent anew this often, so that who receives it can tell it from a dead one. */
const AGAIN_AFTER_MS = 300_000

/**
 * Asks one witness to cosign the newest checkpoint (C2SP tlog-witness), where it is time for that, and keeps the line it gives if it
 * verifies. One replica alone does it at a time; one that fails is asked less and less often, at last every ten minutes. Never throws
 * for what the witness does: that is noted, and an alert's business.
 */
export async function askWitness(sql: Sql, witness: Witness, now: Date): Promise<void> {
  const { checkpoint, size } = await ledgerStatus(sql)
  if (checkpoint === null) return
  const turn = await claimHolder(sql, 'witness', witness.cosigner.name, EVERY_SECONDS)
  if (!turn || !isDue(turn, size, now)) return
  const said = await cosigned(sql, witness, checkpoint, size, Number(turn.size))
  await settleHolder(sql, 'witness', witness.cosigner.name, 'failure' in said ? said : { size, note: said.note })
}

/** Forgets who was named before and is not any more: nobody expects anything of them. */
export async function onlyReceivers(
  sql: Sql,
  { witnesses, webhook }: { witnesses: readonly Witness[]; webhook: CheckpointWebhook | null },
): Promise<void> {
  await forgetReceivers(
    sql,
    'witness',
    witnesses.map(({ cosigner }) => cosigner.name),
  )
  await forgetReceivers(sql, 'webhook', webhook ? [hookName(webhook)] : [])
}

async function cosigned(
  sql: Sql,
  { cosigner, url }: Witness,
  checkpoint: string,
  size: number,
  lastKnown: number,
): Promise<{ note: string } | { failure: string }> {
  let old = lastKnown
  // Its own word for what it holds is taken once: then the proof starts there.
  for (let tries = 0; tries < 2; tries += 1) {
    if (old > size) return { failure: `it holds ${old} entries, more than the ${size} there are` }
    const proof = old === 0 ? [] : await readConsistency(sql, old, size)
    if (!proof) return { failure: `there is no proof from its ${old} entries` }
    const answer = await post(`${url}/add-checkpoint`, encodeAddCheckpoint({ old, proof, checkpoint }), {})
    if ('failure' in answer) return answer
    if (answer.status === 409 && answer.type.startsWith(SIZE_TYPE) && /^[0-9]{1,15}\n$/.test(answer.body)) {
      if (Number(answer.body) === old) return { failure: `it holds another history of ${old} entries` }
      old = Number(answer.body)
      continue
    }
    if (answer.status !== 200) return { failure: `it answered ${answer.status}: ${answer.body.trim()}` }
    const note = withSignatures(
      checkpoint,
      answer.body.split('\n').filter((line) => line !== ''),
    )
    const found = checkpointText(note) === checkpointText(checkpoint) ? openCosignatures(note, [cosigner]) : null
    const [line] = found ?? []
    return line ? { note: withSignatures(checkpoint, [line.line]) } : { failure: 'its cosignature does not verify' }
  }
  return { failure: 'it does not say twice the same of what it holds' }
}

/**
 * Sends the newest checkpoint to the webhook, signed as Standard Webhooks asks, where it is time for that; the same retries. The id of a
 * message is that of its checkpoint, so that a receiver can drop what it has.
 */
export async function sendCheckpoint(sql: Sql, webhook: CheckpointWebhook, now: Date): Promise<void> {
  const { checkpoint, size, origin, root } = await ledgerStatus(sql)
  if (checkpoint === null || origin === null) return
  const name = hookName(webhook)
  const turn = await claimHolder(sql, 'webhook', name, EVERY_SECONDS)
  if (!turn || !isDue(turn, size, now)) return
  const body = JSON.stringify({
    type: 'ledger.checkpoint',
    timestamp: now.toISOString(),
    data: { origin, size, root: root?.toString('base64'), checkpoint },
  })
  const id = `ckp_${createHash('sha256').update(checkpoint).digest('hex').slice(0, 32)}`
  const headers = signWebhook({ id, at: now, body }, [webhook.secret])
  const answer = await post(webhook.url, body, { ...headers, 'content-type': 'application/json' })
  const failure =
    'failure' in answer
      ? answer.failure
      : answer.status >= 200 && answer.status < 300
        ? null
        : `it answered ${answer.status}`
  await settleHolder(sql, 'webhook', name, failure === null ? { size, note: null } : { failure })
}

const hookName = ({ url }: CheckpointWebhook) => new URL(url).host

const isDue = ({ size, held_at }: { size: string; held_at: Date | null }, newest: number, now: Date) =>
  Number(size) !== newest || held_at === null || now.getTime() - held_at.getTime() >= AGAIN_AFTER_MS

type Answer = { status: number; type: string; body: string }

async function post(url: string, body: string, headers: Record<string, string>): Promise<Answer | { failure: string }> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetch(url, { method: 'POST', body, headers, redirect: 'error', signal })
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > MOST_BYTES) return { failure: 'it answered too much' }
      chunks.push(chunk)
    }
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, body: Buffer.concat(chunks).toString('utf8') }
  } catch (error) {
    const { cause, message } = error as Error
    return { failure: cause instanceof Error ? cause.message : message }
  }
}
