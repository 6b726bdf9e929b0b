import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { calculateJwkThumbprint, createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose'
import { z } from 'zod'
import type { SigningKey } from './token'

/** The issuer's keys: the first signs, every one verifies, so that a key can be replaced while its tokens live out. */
export type TokenKeys = {
  signing: SigningKey
  /** What `/.well-known/jwks.json` publishes (RFC 7517 §5). */
  published: JSONWebKeySet
  verifying: ReturnType<typeof createLocalJWKSet>
}

const stored = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        d: z.string(),
        kid: z.string(),
      }),
    )
    .min(1),
})

const FILE = 'token-keys.json'
const VARIABLE = 'COUNTERSIGN_TOKEN_KEY'
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * The keys access tokens are signed with, kept apart from every other key: `COUNTERSIGN_TOKEN_KEY` (32 bytes in base64, or
 * several with commas between, so that replicas on several machines share them), else a file only its user may read (0600),
 * made at the first start. To replace a key, put the new one in front and restart, and take the old one out ten minutes later.
 * @param folder where this install keeps its keys
 * @throws Error when a key is damaged, or its file readable by others: a start that cannot trust its keys is no start
 */
export async function openTokenKeys(
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<TokenKeys> {
  const file = path.join(folder, FILE)
  const given = env[VARIABLE]
  const jwks = given ? await fromSeeds(given) : (read(file) ?? (await make(file)))
  const [first] = jwks
  if (first === undefined) throw new Error(`${file} holds no key.`)
  const published: JSONWebKeySet = { keys: jwks.map(publicPart) }
  return {
    signing: { kid: first.kid, privateKey: privateKeyOf(first) },
    published,
    verifying: createLocalJWKSet(published),
  }
}

type StoredKey = z.infer<typeof stored>['keys'][number]

function read(file: string): StoredKey[] | null {
  let text: string
  try {
    if ((statSync(file).mode & 0o077) !== 0 && process.platform !== 'win32')
      throw new Error(`${file} can be read by others: chmod 600 it, and replace the key if anybody did.`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const parsed = stored.safeParse(safeJson(text))
  if (!parsed.success) throw new Error(`${file} is damaged: restore it, or remove it so that a new key is made.`)
  return parsed.data.keys
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function fromSeeds(given: string): Promise<StoredKey[]> {
  const seeds = given.split(',').map((text) => Buffer.from(text.trim(), 'base64'))
  if (seeds.some((seed) => seed.length !== 32)) throw new Error(`${VARIABLE} is not 32 bytes in base64.`)
  return Promise.all(
    seeds.map((seed) =>
      toStored(createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })),
    ),
  )
}

/** A key as it is stored; its id is its thumbprint (RFC 7638), so that replicas agree on it. */
async function toStored(key: KeyObject): Promise<StoredKey> {
  const { x, d } = key.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new Error('This is no Ed25519 key.')
  return { kty: 'OKP', crv: 'Ed25519', x, d, kid: await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x }) }
}

async function make(file: string): Promise<StoredKey[]> {
  const made = [await toStored(generateKeyPairSync('ed25519').privateKey)]
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${String(process.pid)}`
  writeFileSync(draft, `${JSON.stringify({ keys: made }, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  try {
    // A link fails where the name exists: of two starts the first wins, and both read its key.
    linkSync(draft, file)
    return made
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return read(file) ?? made
  } finally {
    rmSync(draft, { force: true })
  }
}

function publicPart({ kty, crv, x, kid }: StoredKey): JWK {
  return { kty, crv, x, kid, use: 'sig', alg: 'EdDSA' }
}

function privateKeyOf({ kty, crv, x, d }: StoredKey): KeyObject {
  const key = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' })
  const { x: derived } = createPublicKey(key).export({ format: 'jwk' })
  if (derived !== x) throw new Error('A token key does not match its public part.')
  return key
}
