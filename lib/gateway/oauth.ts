import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import { exchange } from '@/lib/agents/exchange'
import { CLIENT_ID } from '@/lib/agents/credential'
import { scopeFor, signAccessToken, TOKEN_SCOPES, TOKEN_SECONDS, type TokenScope } from '@/lib/agents/token'
import type { TokenKeys } from '@/lib/agents/token-keys'
import { db as openDb, type Db } from '@/lib/db/client'
import { isHalted } from '@/lib/halt/in-force'
import { countTry, triesOf, windowRemainder } from '@/lib/db/throttle'
import { deviceRoutes, deviceToken } from './oauth-device'
import { isRefusal, readClient, readForm, refuse, type OAuthError } from './oauth-request'
import { DEVICE_CODE_GRANT } from '@/lib/people/device-login'

export type OAuthSettings = {
  /** `PUBLIC_URL` without a trailing slash: issuer and audience of every token. */
  issuer: () => string
  keys: TokenKeys
  now: () => Date
}

const WINDOW_SECONDS = 60
/** Wrong tries a minute, per client *at an address* and per address: wrong tries from elsewhere must not lock a client out. */
const MOST_WRONG = { client: 10, address: 100 }
/** Tokens a minute and agent: one would do for ten. */
const MOST_ISSUED = 60

/**
 * The authorization server: `POST /oauth/token` (RFC 6749 §4.4), its metadata (RFC 8414) and its keys (RFC 7517). Errors here
 * are those of RFC 6749 §5.2, not problem documents: that is what every OAuth client understands.
 */
export async function oauthRoutes(app: FastifyInstance, settings: OAuthSettings): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 8192 },
    (_, body, done) => {
      done(null, body)
    },
  )
  // Anything else is read no further than its first 8 KB and refused with an OAuth error instead of a 415.
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 8192 }, (_, __, done) => {
    done(null, null)
  })
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const mistaken = (error.statusCode ?? 500) < 500
    if (!mistaken) request.log.error({ err: error }, 'token request failed')
    return mistaken
      ? answer(reply, 400, refuse('invalid_request', 'The request could not be read.'))
      : answer(reply, 503, refuse('temporarily_unavailable', 'Tokens cannot be given just now. Try again.'))
  })

  deviceRoutes(app, settings)
  app.post('/oauth/token', (request, reply) => token(settings, request, reply))
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/oauth/token',
    handler: (_, reply) => answer(reply.header('allow', 'POST'), 405, refuse('invalid_request', 'Send a POST.')),
  })
  app.get('/.well-known/oauth-authorization-server', (_, reply) =>
    reply.header('cache-control', 'public, max-age=3600').send(metadata(settings.issuer())),
  )
  app.get('/.well-known/jwks.json', (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type('application/jwk-set+json')
      .send(JSON.stringify(settings.keys.published)),
  )
  await Promise.resolve()
}

async function token(settings: OAuthSettings, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const issuer = settings.issuer()
  if (typeof request.body !== 'string')
    return answer(reply, 400, refuse('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.'))
  const form = readForm(request.body)
  if (isRefusal(form)) return answer(reply, 400, form)
  if (form.get('grant_type') === DEVICE_CODE_GRANT) return deviceToken(settings, request, reply, form)
  const client = readClient(request.headers.authorization, form)
  if (client === null) return unproven(reply, refuse('invalid_client', 'Send client_id and client_secret.'))
  if (isRefusal(client)) return client.error === 'invalid_client' ? unproven(reply, client) : answer(reply, 400, client)
  const wish = readWish(form, issuer)
  if (isRefusal(wish)) return answer(reply, 400, wish)

  const now = settings.now()
  const db = openDb()
  const throttle = wrongTries(client.id, request.ip)
  if (await isShut(db, throttle, now)) return tooMany(reply, now)
  const proven = await exchange(db, client.id, client.secret, now)
  if (proven === null) {
    await countWrong(db, throttle, now)
    return unproven(reply, refuse('invalid_client', 'The client is unknown, or its secret is not valid.'))
  }
  if ((await countTry(db, `token:issued:${proven.agent.id}`, WINDOW_SECONDS, now)) > MOST_ISSUED)
    return tooMany(reply, now)

  const widest = scopeFor(proven.agent.state, await isHalted(db, { ...proven.agent, agentId: proven.agent.id }))
  if (widest === null) return unproven(reply, refuse('invalid_client', 'The agent is retired.'))
  const scope = wish.scope === 'halts' ? 'halts' : widest
  const subject = { agentId: proven.agent.id, credentialId: proven.credentialId, clientId: proven.clientId, scope }
  const seconds = Math.floor(now.getTime() / 1000)
  const accessToken = await signAccessToken(
    settings.keys.signing,
    issuer,
    subject,
    randomUUID(),
    seconds,
    wish.audience,
  )
  return reply
    .headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    .send({ access_token: accessToken, token_type: 'Bearer', expires_in: TOKEN_SECONDS, scope })
}

type Wish = { scope: TokenScope | null; audience: string }

function readWish(form: ReadonlyMap<string, string>, issuer: string): Wish | OAuthError {
  const grant = form.get('grant_type')
  if (grant === undefined) return refuse('invalid_request', 'grant_type is missing.')
  if (grant !== 'client_credentials')
    return refuse('unsupported_grant_type', 'client_credentials and the device code are the grants here.')
  const resource = form.get('resource')
  if (resource !== undefined && resource !== issuer && !resource.startsWith(`${issuer}/`))
    return refuse('invalid_target', 'Tokens are given for this server alone.')
  const asked = form.get('scope')
  // a token for one upstream is good there alone (RFC 8707)
  const audience = resource?.startsWith(`${issuer}/mcp/`) === true ? resource : issuer
  if (asked === undefined) return { scope: null, audience }
  // A client that asks for both is given the wider one, if it may have it: `act` includes all that `halts` does.
  const words = asked.split(' ')
  if (words.some((word) => !TOKEN_SCOPES.some((known) => known === word)))
    return refuse('invalid_scope', `The scopes here are ${TOKEN_SCOPES.join(' and ')}.`)
  return { scope: words.includes('act') ? 'act' : 'halts', audience }
}

// ---- throttling: wrong tries are counted where guessing happens, and nothing is logged per try

type Keys = { client: string | null; address: string }

function wrongTries(clientId: string, address: string): Keys {
  // A made-up name is no key of its own: otherwise a flood of them would fill the table.
  return {
    client: CLIENT_ID.test(clientId) ? `token:wrong:${clientId}@${address}` : null,
    address: `token:wrong:${address}`,
  }
}

async function isShut(db: Db, { client, address }: Keys, now: Date): Promise<boolean> {
  if (client !== null && (await triesOf(db, client, WINDOW_SECONDS, now)) >= MOST_WRONG.client) return true
  return (await triesOf(db, address, WINDOW_SECONDS, now)) >= MOST_WRONG.address
}

async function countWrong(db: Db, { client, address }: Keys, now: Date): Promise<void> {
  if (client !== null) await countTry(db, client, WINDOW_SECONDS, now)
  await countTry(db, address, WINDOW_SECONDS, now)
}

// ---- answers

function answer(reply: FastifyReply, status: number, { error, description }: OAuthError): FastifyReply {
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    .send({ error, error_description: description })
}

function unproven(reply: FastifyReply, refusal: OAuthError): FastifyReply {
  return answer(reply.header('www-authenticate', 'Basic realm="countersign", charset="UTF-8"'), 401, refusal)
}

function tooMany(reply: FastifyReply, now: Date): FastifyReply {
  const wait = windowRemainder(now, WINDOW_SECONDS)
  return answer(
    reply.header('retry-after', String(wait)),
    429,
    refuse('temporarily_unavailable', `Too many tries. Wait ${String(wait)} seconds.`),
  )
}

function metadata(issuer: string) {
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials', DEVICE_CODE_GRANT],
    // none: the command line, which is a public client
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint_auth_methods_supported: ['none'],
    scopes_supported: [...TOKEN_SCOPES],
    // required by RFC 8414 §2; nobody is sent through a browser here
    response_types_supported: [],
  }
}
