import { createHash, createPrivateKey, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * The ledger's keys, each apart: what signs checkpoints, what signs receipts, what wraps the keys of payloads, and what
 * keys hashes that must not be guessed. None of them is ever in the database.
 */
export interface LedgerKeys {
  checkpoint: KeyObject
  receipt: KeyObject
  payload: KeyObject
  commitment: KeyObject
}

const NAMES = ['checkpoint', 'receipt', 'payload', 'commitment'] as const
type KeyName = (typeof NAMES)[number]
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Opens the ledger's keys: 32 bytes each, base64, from `COUNTERSIGN_CHECKPOINT_KEY` (`_RECEIPT_KEY`, `_PAYLOAD_KEY`,
 * `_COMMITMENT_KEY`), else from a file of that name in `folder`, made at the first start and readable by its user alone.
 * @param folder where this install keeps its keys
 * @throws Error with a sentence for the terminal when a key is damaged, or its file readable by others
 */
export function openLedgerKeys(folder: string, env: Readonly<Record<string, string | undefined>> = {}): LedgerKeys {
  const [checkpoint, receipt, payload, commitment] = NAMES.map((name) => {
    const given = env[variableOf(name)]
    if (given) return decode(given, variableOf(name))
    const file = fileOf(folder, name)
    return read(file) ?? make(file)
  }) as [Buffer, Buffer, Buffer, Buffer]
  return ledgerKeys({ checkpoint, receipt, payload, commitment })
}

/** The same keys where they exist already, for who only reads: null when one is missing. Makes nothing. */
export function findLedgerKeys(
  folder: string,
  env: Readonly<Record<string, string | undefined>> = {},
): LedgerKeys | null {
  const exist = NAMES.every((name) => env[variableOf(name)] || existsSync(fileOf(folder, name)))
  return exist ? openLedgerKeys(folder, env) : null
}

/** One signing key from its file, made there when there is none. Throws as `openLedgerKeys` does. */
export function keyFromFile(file: string): KeyObject {
  return signing(read(file) ?? make(file))
}

/** One signing key from 32 bytes in base64. @throws Error naming `where` it came from */
export function keyFromText(text: string, where: string): KeyObject {
  return signing(decode(text, where))
}

/** The keys from 32 bytes each. */
export function ledgerKeys(seeds: Readonly<Record<KeyName, Buffer>>): LedgerKeys {
  return {
    checkpoint: signing(seeds.checkpoint),
    receipt: signing(seeds.receipt),
    payload: createSecretKey(seeds.payload),
    commitment: createSecretKey(seeds.commitment),
  }
}

/** A name for the payload key that tells nothing about it: which key a subject's key is wrapped with. */
export function wrappingKeyId(payload: KeyObject): string {
  return createHash('sha256').update('countersign payload key').update(payload.export()).digest('hex').slice(0, 16)
}

const signing = (seed: Buffer) =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
const variableOf = (name: KeyName) => `COUNTERSIGN_${name.toUpperCase()}_KEY`
const fileOf = (folder: string, name: KeyName) => path.join(folder, `ledger-${name}.key`)

function read(file: string): Buffer | null {
  try {
    if ((statSync(file).mode & 0o077) !== 0 && process.platform !== 'win32')
      throw new Error(`${file} can be read by others: chmod 600 it, and replace the key if anybody did.`)
    return decode(readFileSync(file, 'utf8').trim(), file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function make(file: string): Buffer {
  const key = randomBytes(32)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${String(process.pid)}`
  writeFileSync(draft, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    // A link fails where the name exists: of two starts the first wins, and both read its key.
    linkSync(draft, file)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return read(file) ?? key
  } finally {
    rmSync(draft, { force: true })
  }
}

function decode(text: string, where: string): Buffer {
  const key = Buffer.from(text, 'base64')
  if (key.length !== 32 || key.toString('base64') !== text) {
    throw new Error(
      `${where} is not a key of 32 bytes in base64: restore it from a backup. The ledger cannot go on without it.`,
    )
  }
  return key
}
