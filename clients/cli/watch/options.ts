import path from 'node:path'
import type { Environment, Options } from '../shared/command'
import { refuseOpenRoad } from '../shared/options'
import { type Trouble, usage } from '../shared/trouble'
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

export const WATCH_OPTIONS = {
  folder: {
    type: 'string',
    value: 'FOLDER',
    default: 'countersign-watch',
    offers: 'folder',
    says: 'where copies are kept (./countersign-watch)',
  },
  vkey: {
    type: 'string',
    value: 'KEY',
    says: 'the ledger’s verifier key, from its integrity page or its operator; without it the one it shows at the first visit is trusted and kept. A later key is taken when the one before it signed for it',
  },
  once: { type: 'boolean', default: false, says: 'looks once, compares with every copy, and ends' },
  every: { type: 'string', value: 'SECONDS', default: '60', says: 'between two visits (60)' },
  'max-age': {
    type: 'string',
    value: 'SECONDS',
    default: '1200',
    says: 'how old the newest checkpoint may be (1200; an idle ledger signs again every few minutes)',
  },
  name: {
    type: 'string',
    value: 'NAME',
    says: 'how the ledger’s integrity page names this watcher (this machine’s name)',
  },
  witness: {
    type: 'string',
    value: 'KEYFILE',
    offers: 'file',
    says: 'also cosigns checkpoints the ledger asks for (C2SP tlog-witness); the key is made there at the first start',
  },
  listen: { type: 'string', value: '[HOST:]PORT', says: 'where the witness listens (HOST 127.0.0.1)' },
} as const satisfies Options

type Values = {
  folder: string
  vkey?: string | undefined
  once: boolean
  every: string
  'max-age': string
  name?: string | undefined
  witness?: string | undefined
  listen?: string | undefined
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

/** What is to be watched, and how. @throws Trouble saying what is wrong */
export function readOptions(address: string, values: Values, machine: string, env: Environment): WatchOptions {
  const watcher =
    values.name ??
    machine
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 64)
  if (!NAME.test(watcher)) throw unusable('a name has letters, digits, dots, dashes: --name')
  const url = urlOf(address)
  const token = env.COUNTERSIGN_TOKEN || undefined
  if (token !== undefined) refuseOpenRoad(url, env)
  return {
    log: { url, watcher, token },
    folder: path.resolve(values.folder),
    vkey: values.vkey,
    once: values.once,
    every: seconds('--every', values.every),
    maxAge: seconds('--max-age', values['max-age']),
    witness: witnessOf(values.witness, values.listen, watcher),
  }
}

const unusable = (says: string): Trouble => usage(says)

function witnessOf(keyFile: string | undefined, listen: string | undefined, name: string): WatchOptions['witness'] {
  if (keyFile === undefined && listen === undefined) return null
  const [, host, port] = /^(?:(.+):)?([0-9]{1,5})$/.exec(listen ?? '') ?? []
  if (keyFile === undefined || port === undefined || Number(port) > 65_535)
    throw unusable('a witness needs --witness KEYFILE and --listen [HOST:]PORT')
  return { keyFile: path.resolve(keyFile), name, host: host ?? '127.0.0.1', port: Number(port) }
}

function urlOf(text: string): string {
  if (!URL.canParse(text)) throw unusable(`${text} is no URL`)
  const { protocol, origin, pathname } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') throw unusable(`${text} is no URL of the web`)
  return `${origin}${pathname.replace(/\/(log\/?)?$/, '')}`
}

function seconds(name: string, text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw unusable(`${name} takes a number of seconds`)
  return Number(text)
}
