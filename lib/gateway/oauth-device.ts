import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isFault } from '@/lib/core/fault'
import { countUnseen, spellOut } from '@/lib/core/hostile'
import { db, transaction } from '@/lib/db/client'
import { countTry, triesOf, windowRemainder } from '@/lib/db/throttle'
import { askDeviceLogin } from '@/lib/people/ask-device-login'
import { claimDeviceLogin, logOut } from '@/lib/people/claim-device-login'
import {
  COMMAND_LINE_CLIENT,
  COMMAND_LINE_TOKEN,
  DEVICE_CODE_SECONDS,
  POLL_SECONDS,
  userCodeShown,
} from '@/lib/people/device-login'
import { looksLikeSecret } from '@/lib/people/one-time'
import { isRefusal, readForm, refuse, type OAuthError } from './oauth-request'

type Settings = { issuer: () => string; now: () => Date }

/** Wrong device codes and tokens a minute from one address: nobody guesses 256 bits, and nobody is to try. */
const WRONG = { seconds: 60, most: 100 }
const LONGEST_MACHINE = 200

/**
 * The device authorization grant for the command lines of people (RFC 8628, ADR 0055): `POST /oauth/device_authorization`, and
 * `POST /oauth/revoke` (RFC 7009), by which they log out. In the scope of `oauthRoutes`, whose errors are OAuth's.
 */
export function deviceRoutes(app: FastifyInstance, settings: Settings): void {
  app.post('/oauth/device_authorization', async (request, reply) => {
    const form = formOf(request)
    if (isRefusal(form)) return refused(reply, form)
    const client = clientProblem(form)
    if (client !== null) return refused(reply, client)
    if (form.has('scope'))
      return refused(reply, refuse('invalid_scope', 'There is one scope here, and it is not named.'))
    const machine = (form.get('machine') ?? 'a machine without a name').trim()
    if (
      machine.length === 0 ||
      machine.length > LONGEST_MACHINE ||
      /[\n\t]/.test(machine) ||
      countUnseen(spellOut(machine)) > 0
    )
      return refused(
        reply,
        refuse('invalid_request', `machine is at most ${String(LONGEST_MACHINE)} characters that can be seen.`),
      )
    const asking = { machine, userAgent: (request.headers['user-agent'] ?? '').slice(0, 300), address: request.ip }
    try {
      const { deviceCode, userCode } = await askDeviceLogin(db(), asking, settings.now())
      const page = `${settings.issuer()}/device`
      const shown = userCodeShown(userCode)
      return await quiet(reply).send({
        device_code: deviceCode,
        user_code: shown,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${shown}`,
        expires_in: DEVICE_CODE_SECONDS,
        interval: POLL_SECONDS,
      })
    } catch (error) {
      if (!isFault(error) || error.code !== 'too_many_requests') throw error
      return tooMany(reply, error.retryAfterSeconds ?? WRONG.seconds, error.message)
    }
  })

  app.post('/oauth/revoke', async (request, reply) => {
    const form = formOf(request)
    if (isRefusal(form)) return refused(reply, form)
    const client = clientProblem(form)
    if (client !== null) return refused(reply, client)
    const token = form.get('token')
    if (token === undefined) return refused(reply, refuse('invalid_request', 'token is missing.'))
    if (!COMMAND_LINE_TOKEN.test(token))
      return refused(
        reply,
        refuse('unsupported_token_type', 'Only tokens of the command line are given back here; they begin cs_cli_.'),
      )
    await transaction((tx) => logOut(tx, token, settings.now()))
    return quiet(reply).send()
  })

  for (const url of ['/oauth/device_authorization', '/oauth/revoke'])
    app.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: (_, reply) => refused(reply.header('allow', 'POST'), refuse('invalid_request', 'Send a POST.'), 405),
    })
}

/** `POST /oauth/token` with a device code (RFC 8628 §3.4, §3.5). */
export async function deviceToken(
  settings: Settings,
  request: FastifyRequest,
  reply: FastifyReply,
  form: ReadonlyMap<string, string>,
): Promise<FastifyReply> {
  const client = clientProblem(form)
  if (client !== null) return refused(reply, client)
  const code = form.get('device_code')
  if (code === undefined) return refused(reply, refuse('invalid_request', 'device_code is missing.'))
  const now = settings.now()
  const key = `device:wrong:${request.ip}`
  if ((await triesOf(db(), key, WRONG.seconds, now)) >= WRONG.most)
    return tooMany(reply, windowRemainder(now, WRONG.seconds), 'Too many tries.')
  const answer = looksLikeSecret(code)
    ? await transaction((tx) => claimDeviceLogin(tx, code, now))
    : ({ says: 'invalid_grant' } as const)
  switch (answer.says) {
    case 'token':
      return quiet(reply).send({ access_token: answer.token, token_type: 'Bearer', expires_in: answer.seconds })
    case 'invalid_grant':
      await countTry(db(), key, WRONG.seconds, now)
      return refused(reply, refuse('invalid_grant', 'The device code is not known, or was used.'))
    default:
      return refused(reply, refuse(answer.says, SAYS[answer.says]))
  }
}

const SAYS = {
  authorization_pending: 'Nobody has answered yet.',
  slow_down: 'Wait five seconds longer between two questions.',
  access_denied: 'It was refused, or whoever allowed it has signed out.',
  expired_token: 'The code is over. Begin again.',
} as const

function formOf(request: FastifyRequest): Map<string, string> | OAuthError {
  return typeof request.body === 'string'
    ? readForm(request.body)
    : refuse('invalid_request', 'Send the parameters as application/x-www-form-urlencoded.')
}

function clientProblem(form: ReadonlyMap<string, string>): OAuthError | null {
  const client = form.get('client_id')
  if (client === undefined) return refuse('invalid_request', 'client_id is missing.')
  return client === COMMAND_LINE_CLIENT
    ? null
    : refuse('invalid_client', `The device flow is for the command line: client_id=${COMMAND_LINE_CLIENT}`)
}

const quiet = (reply: FastifyReply): FastifyReply => reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })

function refused(reply: FastifyReply, { error, description }: OAuthError, status?: number): FastifyReply {
  return quiet(reply)
    .code(status ?? (error === 'invalid_client' ? 401 : 400))
    .send({ error, error_description: description })
}

function tooMany(reply: FastifyReply, seconds: number, description: string): FastifyReply {
  return refused(
    reply.header('retry-after', String(Math.ceil(seconds))),
    refuse('temporarily_unavailable', description),
    429,
  )
}
