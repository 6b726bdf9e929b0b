import { z } from 'zod'
import { line } from './contract'

/** A passkey's own words are base64url without padding (RFC 4648 §5). */
const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'This is no answer of a passkey.')

/** What the browser adds and nothing here reads (WebAuthn §5.8.6): let through, not kept. */
const ignored = {
  authenticatorAttachment: z.string().max(40).nullish(),
  clientExtensionResults: z.looseObject({}).optional(),
  type: z.literal('public-key'),
}

/** An assertion (WebAuthn §6.3.3) as browsers write it. */
export const assertionInput = z.strictObject({
  id: base64url(1_400),
  rawId: base64url(1_400),
  response: z.object({
    clientDataJSON: base64url(4_000),
    authenticatorData: base64url(4_000),
    signature: base64url(2_000),
    userHandle: base64url(200).nullish(),
  }),
  ...ignored,
})
export type AssertionInput = z.infer<typeof assertionInput>

/** What a new passkey says of itself (WebAuthn §6.4). */
export const attestationInput = z.strictObject({
  id: base64url(1_400),
  rawId: base64url(1_400),
  response: z.object({
    clientDataJSON: base64url(4_000),
    attestationObject: base64url(20_000),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(10)
      .optional(),
  }),
  ...ignored,
})
export type AttestationInput = z.infer<typeof attestationInput>

/** The same where a plain form carries it: JSON in a hidden field, empty where a browser ran no script. */
export const assertionField = z
  .string()
  .max(16_000)
  .optional()
  .transform((text, context) => {
    if (text === undefined || text === '') return undefined
    try {
      const parsed = assertionInput.safeParse(JSON.parse(text))
      if (parsed.success) return parsed.data
    } catch {
      // said below
    }
    context.addIssue({ code: 'custom', message: 'This is no answer of a passkey.' })
    return z.NEVER
  })

const name = line(60)

/** `POST /api/console/passkeys/challenges`: begins to add one, in a session whose password is said again. */
export const addChallengeInput = z.strictObject({ name, password: z.string().max(1024) })
/** `POST /api/console/passkeys`: `proof` is by a passkey one has already, where one has any. */
export const addInput = z.strictObject({ attestation: attestationInput, proof: assertionInput.optional() })
export const renameInput = z.strictObject({ name })
/** `POST /api/console/passkeys/{id}/removal`, by any passkey one has. */
export const removeInput = z.strictObject({ assertion: assertionField })
export const signaturesInput = z.strictObject({ signatures: z.enum(['once_registered', 'always'], 'Choose one.') })
