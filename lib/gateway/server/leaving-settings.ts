import { readFileSync } from 'node:fs'
import { webhookKey } from '@/lib/core/standard-webhooks'
import { startError } from '@/lib/db/start-error'
import { parseCosignerVkey } from '@/lib/ledger/cosignature'
import type { CheckpointWebhook, Witness } from '@/lib/ledger/let-out'

type Env = Readonly<Record<string, string | undefined>>

export type Leaving = { witnesses: Witness[]; webhook: CheckpointWebhook | null }

/**
 * Where checkpoints go: `COUNTERSIGN_WITNESSES`, a line (or, between semicolons, a part) for each witness, its verifier key and its URL, or
 * the path of a file of such lines; `COUNTERSIGN_CHECKPOINT_WEBHOOK` and `COUNTERSIGN_CHECKPOINT_WEBHOOK_SECRET` (`whsec_…`).
 * @throws start error `setting_invalid` naming the variable
 */
export function readLeaving(env: Env): Leaving {
  return { witnesses: witnessesOf(env.COUNTERSIGN_WITNESSES), webhook: webhookOf(env) }
}

function witnessesOf(given: string | undefined): Witness[] {
  if (!given) return []
  const text = /^\.{0,2}\//.test(given) ? fileOf(given) : given
  const lines = text
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const witnesses = lines.map((line) => {
    // A line of a tlog-policy file serves as well: witness NAME VKEY URL.
    const parts = line.split(/\s+/)
    const [vkey = '', url = ''] = parts[0] === 'witness' ? parts.slice(2) : parts
    const cosigner = parseCosignerVkey(vkey)
    if (!cosigner || !isUrl(url))
      throw startError(
        'setting_invalid',
        `COUNTERSIGN_WITNESSES: ${JSON.stringify(line)} is not the verifier key of a witness and its URL.`,
      )
    return { vkey, cosigner, url: url.replace(/\/+$/, '') }
  })
  if (new Set(witnesses.map(({ cosigner }) => cosigner.name)).size < witnesses.length)
    throw startError('setting_invalid', 'COUNTERSIGN_WITNESSES names a witness twice.')
  return witnesses
}

function webhookOf(env: Env): CheckpointWebhook | null {
  const { COUNTERSIGN_CHECKPOINT_WEBHOOK: url, COUNTERSIGN_CHECKPOINT_WEBHOOK_SECRET: secret } = env
  if (!url) return null
  if (!isUrl(url)) throw startError('setting_invalid', 'COUNTERSIGN_CHECKPOINT_WEBHOOK is not a URL of the web.')
  if (!secret || webhookKey(secret) === null)
    throw startError(
      'setting_invalid',
      'COUNTERSIGN_CHECKPOINT_WEBHOOK_SECRET is not whsec_ and 24 to 64 bytes in base64.',
    )
  return { url, secret }
}

function fileOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw startError('setting_invalid', `COUNTERSIGN_WITNESSES names a file that cannot be read: ${path}.`, error)
  }
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)
}
