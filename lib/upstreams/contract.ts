import { z } from 'zod'
import { countUnseen, spellOut } from '@/lib/core/hostile'
import { isServerName } from '@/lib/tools/tool'
import { RESERVED_NAMES, TRANSPORTS } from './upstream'

/** A checkbox of a form, or a truth value of a program. */
const box = z.preprocess((value) => value === 'on' || value === true, z.boolean())
const blankIsNull = (value: unknown) => (typeof value === 'string' && value.trim() === '' ? null : (value ?? null))
const seen = (text: string) => countUnseen(spellOut(text)) === 0

const httpAddress = (text: string) => {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === ''
}

/** What is sent by us, or would change how a request is read, is not to be set (RFC 9110 §5.1). */
const header = z.preprocess(
  blankIsNull,
  z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9-]{1,60}$/, 'A header’s name holds letters, digits and -.')
    .refine(
      (name) =>
        !/^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|cookie|accept|mcp-.*|last-event-id)$/.test(
          name,
        ),
      'This header cannot be set.',
    )
    .nullable(),
)
const secret = z.preprocess(
  blankIsNull,
  z
    .string()
    .trim()
    .max(8_000, 'At most 8000 characters.')
    .regex(/^[\x20-\x7e]+$/, 'It holds characters that cannot be sent in a header.')
    .nullable(),
)

/** `POST /api/console/upstreams`: an MCP server that agents shall reach through the gateway. */
export const proposeInput = z
  .strictObject({
    name: z
      .string()
      .trim()
      .refine(isServerName, 'A server is named in letters, digits, _ and - only, at most 64.')
      .refine((name) => !RESERVED_NAMES.has(name), 'This name means something else already.'),
    transport: z.enum(TRANSPORTS, 'Say how it is reached.').default('http'),
    address: z
      .string()
      .trim()
      .min(1, 'Say where it is.')
      .max(2000, 'At most 2000 characters.')
      .refine(seen, 'It holds characters that cannot be seen.'),
    header,
    secret,
    private: box,
    ownerId: z.uuid('Choose who answers for it.'),
    reach: z
      .string()
      .trim()
      .min(1, 'Say what it can reach.')
      .max(2000, 'At most 2000 characters.')
      .refine(seen, 'It holds characters that cannot be seen.'),
    production: z
      .enum(['yes', 'no'], 'Say whether anything on it can write to production.')
      .transform((word) => word === 'yes'),
    trusted: box,
  })
  .superRefine(({ transport, address, header: named, secret: given }, refused) => {
    const say = (path: string, message: string) => {
      refused.addIssue({ code: 'custom', path: [path], message })
    }
    if (transport === 'http' && !httpAddress(address))
      say('address', 'Give an address like https://mcp.example.com/mcp, without a user or a password in it.')
    if (transport === 'stdio' && !isServerName(address))
      say('address', 'Give the name of a program in this server’s programs.json: letters, digits, _ and - only.')
    if (transport === 'stdio' && given !== null)
      say('secret', 'A program takes its credentials from this server’s programs.json.')
    if (given !== null && named === null) say('header', 'Say in which header the credential is sent.')
  })
export type ProposeInput = z.output<typeof proposeInput>

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'This is no digest. Load the page again.')

/** `POST /api/console/upstreams/{id}/connection`: connects what was read, in one's own name. */
export const connectInput = z.strictObject({ digest })
export type ConnectInput = z.output<typeof connectInput>

/** `POST /api/console/upstreams/{id}/disconnection` */
export const disconnectInput = z.strictObject({ reason: z.string().trim().min(1, 'Say why.').max(2000) })

/** `POST /api/console/upstreams/{id}/credential`: replaces what is sent to it. */
export const credentialInput = z.strictObject({ secret: secret.refine((given) => given !== null, 'Give the new one.') })
