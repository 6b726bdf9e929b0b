import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Log } from './ask'

export interface WatchOptions {
  log: Log
  folder: string
  vkey: string | undefined
  once: boolean
  /** Seconds between visits. */
  every: number
  /** Seconds after which a checkpoint is stale. */
  maxAge: number
  witness: { keyFile: string; name: string; host: string; port: number } | null
}

export const USAGE = `Usage: npx countersign watch URL [options]
       npx countersign watch URL --witness KEYFILE --listen [HOST:]PORT

Run it on a machine that the people who run the ledger do not hold. It fetches the ledger's last signed checkpoint, keeps a copy, and has
the ledger prove that it grew out of every copy it keeps. The proof is checked here: the ledger cannot talk its way out.

  --folder FOLDER     where copies are kept (./countersign-watch)
  --vkey KEY          the ledger's verifier key, from its integrity page or its operator; without it the one it shows at the first visit
                      is trusted and kept. A later key is taken when the one before it signed for it.
  --once              look once, compare with every copy, and end; otherwise every minute (--every SECONDS)
  --max-age SECONDS   how old the newest checkpoint may be (1200; an idle ledger signs again every few minutes)
  --name NAME         how the ledger's integrity page names this watcher (this machine's name)
  --witness KEYFILE   also cosign checkpoints the ledger asks for (C2SP tlog-witness); the key is made there at the first start
  --listen [HOST:]PORT   where the witness listens (HOST 127.0.0.1)

A token for a ledger behind something that asks for one goes in COUNTERSIGN_TOKEN.
Exit code: 0 everything held; 1 a fork, a rollback, no proof, a bad signature, or a stale checkpoint; 2 could not be watched.
`

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** Reads the arguments; null for --help. @throws Error saying what is wrong */
export function readOptions(args: string[], machine: string): WatchOptions | null {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      folder: { type: 'string', default: 'countersign-watch' },
      vkey: { type: 'string' },
      once: { type: 'boolean', default: false },
      every: { type: 'string', default: '60' },
      'max-age': { type: 'string', default: '1200' },
      name: { type: 'string' },
      witness: { type: 'string' },
      listen: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return null
  const [address, ...rest] = positionals
  if (address === undefined || rest.length > 0) throw new Error('name one ledger by its URL; --help says more')
  const watcher =
    values.name ??
    machine
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 64)
  if (!NAME.test(watcher)) throw new Error('a name has letters, digits, dots, dashes: --name')
  const folder = path.resolve(values.folder)
  return {
    log: { url: urlOf(address), watcher, token: process.env.COUNTERSIGN_TOKEN || undefined },
    folder,
    vkey: values.vkey,
    once: values.once,
    every: seconds('--every', values.every),
    maxAge: seconds('--max-age', values['max-age']),
    witness: witnessOf(values.witness, values.listen, watcher),
  }
}

function witnessOf(keyFile: string | undefined, listen: string | undefined, name: string): WatchOptions['witness'] {
  if (keyFile === undefined && listen === undefined) return null
  const [, host, port] = /^(?:(.+):)?([0-9]{1,5})$/.exec(listen ?? '') ?? []
  if (keyFile === undefined || port === undefined || Number(port) > 65_535)
    throw new Error('a witness needs --witness KEYFILE and --listen [HOST:]PORT')
  return { keyFile: path.resolve(keyFile), name, host: host ?? '127.0.0.1', port: Number(port) }
}

function urlOf(text: string): string {
  if (!URL.canParse(text)) throw new Error(`${text} is no URL`)
  const { protocol, origin, pathname } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') throw new Error(`${text} is no URL of the web`)
  return `${origin}${pathname.replace(/\/(log\/?)?$/, '')}`
}

function seconds(name: string, text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new Error(`${name} takes a number of seconds`)
  return Number(text)
}
