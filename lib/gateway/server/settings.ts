import path from 'node:path'
import { z } from 'zod'
import { startError } from '@/lib/db/start-error'
import type { Limits } from '@/lib/gateway/mcp/upstream'
import { MOST_STREAMS_IN_ALL } from '@/lib/halt/hub'
import { smtpOfEnvironment } from '@/lib/notify/mail-server'

export type Settings = {
  host: string
  port: number
  /** Fixes links, issuer and relying party; its scheme says whether HSTS is sent (DESIGN §3). */
  publicUrl: URL
  /** How many proxies stand in front: whose tries are counted is what the outermost of them heard. Left out: none. */
  proxies?: number
  /** Absolute. */
  dataFolder: string
  /** Whether tiles and entries of the log are for everybody. Left out: for whoever reads the whole record. */
  publishLog?: boolean
  /** How many streams of halts this server holds at most. Left out: `MOST_STREAMS_IN_ALL`. */
  haltStreams?: number
  /**
   * How long a call through the MCP gateway waits for a person before it is given back, and how often its client is told that it goes on, in
   * milliseconds; what a server may do with one request. Left out: four minutes, ten seconds, `LIMITS`.
   */
  mcp?: { holdMs?: number; stepMs?: number; limits?: Partial<Limits> }
}

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((number) => number <= 65_535)

const publicUrl = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '')

const WANTED = {
  PORT: 'a port between 0 and 65535',
  HOST: 'an address of this machine, such as 127.0.0.1',
  PUBLIC_URL: 'an address like https://countersign.example.com, without a path',
  COUNTERSIGN_DATA: 'a folder',
  COUNTERSIGN_PUBLISH_LOG: '0 or 1',
  HALT_STREAMS: 'how many agents may be connected to the stream of halts, 1 to 1000000',
  MCP_HOLD_SECONDS: 'seconds between 1 and 3600',
  TRUSTED_PROXIES: 'how many proxies stand in front, 0 to 5',
} as const

const schema = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).max(255).default('127.0.0.1'),
  PUBLIC_URL: publicUrl.optional(),
  COUNTERSIGN_DATA: z.string().min(1).default('.data'),
  COUNTERSIGN_PUBLISH_LOG: z.enum(['0', '1']).default('0'),
  HALT_STREAMS: z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .transform(Number)
    .refine((number) => number <= 1_000_000)
    .default(MOST_STREAMS_IN_ALL),
  MCP_HOLD_SECONDS: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .refine((seconds) => seconds >= 1 && seconds <= 3_600)
    .default(240),
  TRUSTED_PROXIES: z
    .string()
    .regex(/^[0-5]$/)
    .transform(Number)
    .default(0),
})

/** Reads where to serve and where to keep data. Throws `setting_invalid` naming the variable and what it should be. */
export function readSettings(env: Readonly<Record<string, string | undefined>>, root: string): Settings {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')))
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]) as keyof typeof WANTED
    throw startError('setting_invalid', `${name} is not ${WANTED[name]}.`)
  }
  refuseWrongMail(env)
  const {
    PORT,
    HOST,
    PUBLIC_URL,
    COUNTERSIGN_DATA,
    COUNTERSIGN_PUBLISH_LOG,
    HALT_STREAMS,
    MCP_HOLD_SECONDS,
    TRUSTED_PROXIES,
  } = parsed.data
  return {
    host: HOST,
    port: PORT,
    publicUrl: PUBLIC_URL ?? new URL(`http://localhost:${String(PORT)}`),
    proxies: TRUSTED_PROXIES,
    dataFolder: path.resolve(root, COUNTERSIGN_DATA),
    publishLog: COUNTERSIGN_PUBLISH_LOG === '1',
    haltStreams: HALT_STREAMS,
    mcp: { holdMs: MCP_HOLD_SECONDS * 1_000 },
  }
}

/** Said at the start instead of with the first mail that nobody gets. */
function refuseWrongMail(env: Readonly<Record<string, string | undefined>>): void {
  try {
    smtpOfEnvironment(env)
  } catch (error) {
    throw startError('setting_invalid', error instanceof Error ? error.message : 'SMTP_URL is wrong.')
  }
}
