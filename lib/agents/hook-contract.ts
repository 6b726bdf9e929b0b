import { z } from 'zod'
import { HOOK_TOKEN_HOURS, LONGEST_HOOK_TOKEN_HOURS } from './hook-token'

const moment = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, milliseconds')

/** `POST /api/v1/hook-tokens`: a token for a session of Claude Code. */
export const hookTokenInput = z
  .strictObject({
    hours: z.number().min(0.01).max(LONGEST_HOOK_TOKEN_HOURS).default(HOOK_TOKEN_HOURS).describe('how long it lives'),
    machine: z
      .string()
      .trim()
      .max(200)
      .default('')
      .describe('where it will be used; somebody is told when nothing is heard from there'),
  })
  .meta({ id: 'HookTokenRequest' })
export type HookTokenInput = z.infer<typeof hookTokenInput>

export const hookTokenOutput = z
  .strictObject({ id: z.string(), token: z.string().describe('shown this once'), expires_at: moment })
  .meta({ id: 'HookToken' })
export type HookTokenOutput = z.infer<typeof hookTokenOutput>

/** The hook tokens of an agent, newest first, without what only whoever made them has. */
export const hookTokenList = z
  .strictObject({
    tokens: z.array(
      z.strictObject({
        id: z.string(),
        machine: z.string(),
        state: z.enum(['live', 'expired', 'revoked']),
        made_at: moment,
        expires_at: moment,
        heard_at: moment.nullable().describe('when a hook was last heard with it'),
      }),
    ),
  })
  .meta({ id: 'HookTokens' })
export type HookTokenList = z.infer<typeof hookTokenList>

/** A hook token of an agent in a URL of the console. */
export const hookTokenParams = z.strictObject({ slug: z.string().max(63), id: z.string().max(64) })
