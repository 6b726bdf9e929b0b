import { z } from 'zod'

const line = (most: number) => z.string().trim().min(1, 'Fill this in.').max(most, `At most ${most} characters.`)
const box = z.preprocess((value) => value === 'on' || value === true, z.boolean())

/** An address of the web without a user, a password or a fragment. */
const address = line(2_000).refine((text) => {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === ''
}, 'Give an address like https://idp.example.com/keys, without a user or a password in it.')

/** `POST /api/console/identity-providers`. `issuer` and `audience` are compared letter by letter with what tokens say. */
export const trustProviderInput = z.strictObject({
  name: line(80),
  issuer: line(500),
  audience: line(500),
  jwks_url: address,
  /** in one's own network: private addresses, and http to them */
  private: box,
})
export type TrustProvider = z.output<typeof trustProviderInput>

/** `POST /api/console/identity-providers/{id}/subjects`: what the provider calls a person who has an account here. */
export const linkSubjectInput = z.strictObject({ subject: line(255), email: line(254).toLowerCase() })
export type LinkSubject = z.output<typeof linkSubjectInput>
