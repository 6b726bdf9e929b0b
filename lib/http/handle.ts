import type { z } from 'zod'
import { fault } from '@/lib/core/fault'
import { db, transaction, type Db } from '@/lib/db/client'
import { urgentDb } from '@/lib/db/urgent'
import type { Actor } from '@/lib/people/actor'
import { actorOfBearer, actorOfCookies } from '@/lib/people/actor-read'
import { localPath } from '@/lib/people/local-path'
import { can, mightEver, type Act, type Subject } from '@/lib/people/permission'
import { sessionConfig } from '@/lib/people/session-config'
import { paths } from '@/lib/core/paths'
import { asRefusal, jsonAnswer, problemAnswer, seeOther } from './answer'
import { readBody, type Body } from './body'
import { addressOf, userAgentOf } from './caller'
import type { Flash, Notice } from '@/lib/people/session-flash'
import type { FormValues } from './form'
import { judge } from '@/lib/core/judge'
import { crossSite } from './origin'

/** Who may: an act of the permission table, or everybody, signed in or not (signing in, first run, a link to join). */
export type HandlerPermission = Act | 'public'

/** What a verb is given: who asks, what they said, and a database or, for verbs that write, a transaction. */
export type Asked<P extends HandlerPermission, I, W> = {
  readonly actor: P extends 'public' ? undefined : Actor
  readonly input: I
  readonly params: W
  readonly db: Db
  /** read once, here */
  readonly now: Date
  readonly requestId: string | undefined
  readonly address: string
  readonly userAgent: string
  /** the page a plain form was on: a path of ours, the front page where the browser does not say */
  readonly page: string
  /** adds a `Set-Cookie` header to the answer, should the verb succeed */
  readonly setCookie: (header: string) => void
}

type Options<P extends HandlerPermission, I extends z.ZodType, W extends z.ZodType> = {
  permission: P
  /** judges the body, or the query of a GET; strict. Left out: nothing may be said. */
  input?: I
  /** judges the path's parameters */
  params?: W
  /** what the permission's relations are asked about; throws `not_found` where there is no such thing */
  subject?: (asked: { db: Db; actor: Actor; input: z.output<I>; params: z.output<W> }) => Subject | Promise<Subject>
  /** false for verbs that must not run in one: those that take the halt lock K, and those whose counting outlives a refusal */
  transaction?: boolean
  /** true for what stops agents: who asks is read on the reserved connections while no ordinary one can be had (ADR 0041) */
  urgent?: true
}

/** How a plain form is answered (without JavaScript): where to, and what to say there. Programs get JSON instead. */
type FormAnswer<P extends HandlerPermission, I, W, A> = {
  then: (answer: A, asked: Asked<P, I, W>) => string
  say?: (answer: A, asked: Asked<P, I, W>) => Notice | undefined
  /** where errors are shown; left out: the page the form was on */
  back?: (values: FormValues, page: string) => string
}

type Handler = ((request: Request, context?: { params?: Promise<unknown> }) => Promise<Response>) & {
  readonly permission: HandlerPermission
}

/**
 * A handler of the console's API: parse, authorise, act, answer. It refuses other sites, bodies over 1 MB and whatever the
 * contract does not know; asks the database who is signed in and the permission table whether they may; runs the verb in
 * one transaction; and answers a program with JSON or a problem document (RFC 9457), a plain form with a redirect (303).
 * A read-only API token is taken for acts that read, and for nothing else. A verb that answers a Response of its own (a
 * stream) has it sent as it is.
 */
export function handle<
  P extends HandlerPermission,
  A,
  I extends z.ZodType = z.ZodUndefined,
  W extends z.ZodType = z.ZodUndefined,
>(
  options: Options<P, I, W>,
  act: (asked: Asked<P, z.output<I>, z.output<W>>) => Promise<A>,
  form?: FormAnswer<P, z.output<I>, z.output<W>, A>,
): Handler {
  const answer = async (request: Request, context?: { params?: Promise<unknown> }): Promise<Response> => {
    const requestId = request.headers.get('x-request-id') ?? undefined
    let body: Body | undefined
    try {
      refuseCrossSite(request)
      const client = options.urgent === true ? await urgentDb() : db()
      const actor = await authenticate(options.permission, request, client)
      body = await bodyOf(request)
      const input = options.input === undefined ? nothing(body) : judge(options.input, body.value)
      const params = options.params === undefined ? undefined : judge(options.params, await context?.params)
      if (actor !== undefined) await authorise(options, client, actor, input as z.output<I>, params as z.output<W>)
      const cookies: string[] = []
      const asked = {
        actor: actor as Asked<P, z.output<I>, z.output<W>>['actor'],
        input: input as z.output<I>,
        params: params as z.output<W>,
        now: new Date(),
        requestId,
        address: addressOf(request),
        userAgent: userAgentOf(request),
        page: pageOf(request),
        setCookie: (header: string) => void cookies.push(header),
      }
      const inTransaction = options.transaction ?? !isReading(request)
      const result = inTransaction
        ? await transaction((tx) => act({ ...asked, db: tx }))
        : await act({ ...asked, db: client })
      if (result instanceof Response) return result
      if (body.kind !== 'form' || form === undefined) return jsonAnswer(result, cookies)
      const all = { ...asked, db: client }
      const notice = form.say?.(result, all)
      return await seeOther(form.then(result, all), notice && { form: pathOf(request), notice }, cookies)
    } catch (error) {
      return refuse(error, request, body, form?.back, requestId)
    }
  }
  return Object.assign(answer, { permission: options.permission })
}

function refuseCrossSite(request: Request): void {
  const { headers, method } = request
  // A program with a token of its own sends neither header and no browser is behind it: no page can make one send `Authorization`
  // without asking first (CORS), and the token alone says who asks, whatever cookie travels along.
  const byBrowser = headers.has('origin') || headers.has('sec-fetch-site')
  if (headers.has('authorization') && !byBrowser) return
  const reason = crossSite(
    { method, origin: headers.get('origin'), secFetchSite: headers.get('sec-fetch-site') },
    sessionConfig().publicUrl,
  )
  if (reason !== undefined) throw fault('cross_site', { detail: reason })
}

async function authenticate(permission: HandlerPermission, request: Request, client: Db): Promise<Actor | undefined> {
  if (permission === 'public') return undefined
  const authorization = request.headers.get('authorization')
  // Whoever sends a token means the token: a cookie that travels along must not lend it more.
  const actor =
    authorization === null
      ? await actorOfCookies(client, request.headers.get('cookie'))
      : await actorOfBearer(client, authorization)
  if (actor === undefined) throw fault(authorization === null ? 'unauthenticated' : 'invalid_credential')
  const permitted = mightEver(actor, permission)
  if (!permitted.ok) throw fault('not_permitted', { detail: permitted.reason })
  return actor
}

async function bodyOf(request: Request): Promise<Body> {
  if (!isReading(request)) return readBody(request)
  return { kind: 'json', value: Object.fromEntries(new URL(request.url).searchParams) }
}

/** A handler without a contract is told nothing. @throws Fault `invalid_request` */
function nothing(body: Body): undefined {
  if (typeof body.value !== 'object' || body.value === null || Object.keys(body.value).length > 0)
    throw fault('invalid_request', { detail: 'Nothing is expected here.' })
  return undefined
}

async function authorise<P extends HandlerPermission, I extends z.ZodType, W extends z.ZodType>(
  options: Options<P, I, W>,
  client: Db,
  actor: Actor,
  input: z.output<I>,
  params: z.output<W>,
): Promise<void> {
  if (options.permission === 'public') return
  const subject = await options.subject?.({ db: client, actor, input, params })
  const permission = can(actor, options.permission, subject)
  if (!permission.ok) throw fault('not_permitted', { detail: permission.reason })
}

async function refuse(
  error: unknown,
  request: Request,
  body: Body | undefined,
  back: ((values: FormValues, page: string) => string) | undefined,
  requestId: string | undefined,
): Promise<Response> {
  const refusal = asRefusal(error, requestId)
  // Whoever sends a token is a program: it gets a problem document, also where it speaks as a form does.
  const aProgram = !isForm(request) || request.headers.has('authorization')
  if (aProgram || refusal.code === 'cross_site') return problemAnswer(refusal, requestId)
  const values = body?.kind === 'form' ? (body.value as FormValues) : {}
  const page = back?.(values, pageOf(request)) ?? pageOf(request)
  if (refusal.code === 'unauthenticated') return seeOther(paths.login(page))
  const errors = refusal.errors ?? [{ field: refusal.field, detail: refusal.message }]
  const flash: Flash = { form: pathOf(request), errors, code: refusal.code, requestId, values }
  return seeOther(page, flash)
}

/** The page a form was on: a path of ours, whatever the header says. */
function pageOf(request: Request): string {
  const referrer = request.headers.get('referer')
  if (referrer === null || !URL.canParse(referrer)) return '/'
  const { pathname, search } = new URL(referrer)
  return localPath(pathname + search)
}

const pathOf = (request: Request): string => new URL(request.url).pathname
const isReading = (request: Request): boolean => request.method === 'GET' || request.method === 'HEAD'
const isForm = (request: Request): boolean =>
  (request.headers.get('content-type') ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded')
