import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { judgeAddCheckpoint, SIZE_TYPE } from '@/lib/ledger/add-checkpoint'
import { cosign, cosignerVkey, type CosignerKey } from '@/lib/ledger/cosignature'
import { keepCopy, readCopies, writeWhole } from './copies'
import type { KnownLog } from './known-log'

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const MOST_BYTES = 64_000

/** The witness's key: 32 bytes in base64 behind its name, in a file made at the first start for its user alone (0600). */
export function witnessKey(file: string, name: string): CosignerKey {
  if (!existsSync(file)) {
    const seed = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
    writeWhole(file, `${name} ${seed.toString('base64')}\n`)
  }
  if ((statSync(file).mode & 0o077) !== 0 && process.platform !== 'win32')
    throw new Error(`${file} can be read by others: chmod 600 it, and make another key if anybody did`)
  const [, kept, text] = /^([^\s+]+) ([A-Za-z0-9+/]{43}=)\n?$/u.exec(readFileSync(file, 'utf8')) ?? []
  if (!kept || !text) throw new Error(`${file} is not the key of a witness (its name, a space, 32 bytes in base64)`)
  const key = Buffer.concat([PKCS8_ED25519, Buffer.from(text, 'base64')])
  return { name: kept, privateKey: createPrivateKey({ key, format: 'der', type: 'pkcs8' }) }
}

/** The verifier key that the log's operator is given. */
export const witnessVkey = (key: CosignerKey) => cosignerVkey(key)

/**
 * A witness of one log (C2SP tlog-witness): cosigns a checkpoint that grew out of the last one it cosigned, and no other. What it
 * holds is the folder's largest copy, written before it answers; checking and writing happen in one go, so that nothing gets between.
 */
export function witness(folder: string, known: KnownLog, key: CosignerKey, say: (line: string) => void): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type }).end(body)
    }
    if (new URL(request.url ?? '/', 'http://witness').pathname !== '/add-checkpoint') return answer(404, 'not found\n')
    if (request.method !== 'POST') return answer(405, 'method not allowed\n')
    bodyOf(request).then(
      (body) => {
        const { status, text, type } = add(folder, known, key, body, new Date())
        if (status !== 200 && status !== 409) say(`refused a checkpoint: ${text.trim()}`)
        answer(status, text, type)
      },
      () => {
        answer(413, 'too large\n')
      },
    )
  })
}

/** Judges, keeps and cosigns, without letting go in between. */
function add(folder: string, known: KnownLog, key: CosignerKey, body: string, now: Date) {
  const last = readCopies(folder).at(-1)
  const judged = judgeAddCheckpoint(body, known.verifiers, last ?? null)
  if (!judged.ok) {
    return judged.status === 409
      ? { status: 409, text: `${judged.size}\n`, type: SIZE_TYPE }
      : { status: judged.status, text: `${judged.says}\n` }
  }
  keepCopy(folder, judged, body.slice(body.indexOf('\n\n') + 2))
  return { status: 200, text: `${cosign(judged.text, Math.floor(now.getTime() / 1000), key)}\n` }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > MOST_BYTES) throw new Error('too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
