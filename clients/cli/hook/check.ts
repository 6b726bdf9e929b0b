import { z } from 'zod'
import { DEFAULT_WAIT_SECONDS, HOOK_PATH, HOOKED_EVENTS, isOurs, LEAST_VERSION } from './settings'

/** Something about a managed file: `wrong` lets things run that should be asked about, `open` is what such a file cannot close by itself. */
export type Finding = { kind: 'wrong' | 'open'; at: string; says: string }

// Claude Code passes over a hook it cannot read, with a warning nobody sees, and runs the session without it (measured).
// What an entry says beside these may narrow when it asks (`if`): nothing is taken that is not known to be harmless.
const hook = z.strictObject({
  type: z.literal('http', 'Only "http" asks the server.'),
  url: z.url('It is no address.'),
  timeout: z.number('A number of seconds, not a text: an entry that is wrong is passed over.').positive().max(4_000),
  onFailure: z.enum(['block', 'continue']).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  allowedEnvVars: z.array(z.string()).optional(),
  statusMessage: z.string().optional(),
})
const GROUP_KEYS: ReadonlySet<string> = new Set(['matcher', 'hooks'])
const group = z.looseObject({
  matcher: z.string().optional(),
  hooks: z.array(z.looseObject({ type: z.string() })).min(1),
})
const document = z.looseObject({
  requiredMinimumVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'Three numbers, as in 2.1.295: another text is passed over.')
    .optional(),
  allowManagedHooksOnly: z.boolean().optional(),
  disableAllHooks: z.boolean().optional(),
  permissions: z.looseObject({ disableBypassPermissionsMode: z.literal('disable').optional() }).optional(),
  allowManagedMcpServersOnly: z.boolean().optional(),
  allowedMcpServers: z.array(z.looseObject({ serverUrl: z.string().optional() })).optional(),
  allowedHttpHookUrls: z.array(z.string()).optional(),
  httpHookAllowedEnvVars: z.array(z.string()).optional(),
  sandbox: z
    .looseObject({
      enabled: z.boolean().optional(),
      failIfUnavailable: z.boolean().optional(),
      allowUnsandboxedCommands: z.boolean().optional(),
    })
    .optional(),
  hooks: z.record(z.string(), z.array(group)).optional(),
})

/** Whoever fails to answer one of these must be taken for a no. */
const BLOCKING = ['PreToolUse', 'PermissionRequest', 'UserPromptSubmit']
/** Those that wait for a person. */
const WAITING = ['PreToolUse', 'PermissionRequest']

/**
 * Everything that is wrong with a managed settings document, and what it leaves open. Pure; the worst first.
 * @param server the server its hooks must ask, without a trailing slash; where it is not said, all of them must ask the same one
 */
export function findingsIn(value: unknown, server?: string): Finding[] {
  const read = document.safeParse(value)
  if (!read.success)
    return read.error.issues.map(({ path, message }) => ({
      kind: 'wrong',
      at: path.join('.') || 'the document',
      says: message,
    }))
  const { data } = read
  const wrong: Finding[] = []
  const must = (holds: boolean, at: string, says: string) => {
    if (!holds) wrong.push({ kind: 'wrong', at, says })
  }
  const hooks = data.hooks ?? {}
  for (const event of HOOKED_EVENTS) {
    const groups = hooks[event] ?? []
    const ours = groups.flatMap((one, i) =>
      one.hooks.flatMap((each, j) =>
        isOurs(each) ? [{ each, at: `hooks.${event}[${String(i)}].hooks[${String(j)}]`, matcher: one.matcher }] : [],
      ),
    )
    const what = event === 'PreToolUse' ? 'nothing is asked before a tool runs' : 'the server does not hear of it'
    must(ours.length > 0, `hooks.${event}`, `No hook of ours: ${what}.`)
    for (const { each, at, matcher } of ours) wrong.push(...aboutHook(each, at, event, matcher))
    groups.forEach((one, i) => {
      if (!one.hooks.some(isOurs)) return
      for (const key of Object.keys(one))
        must(
          GROUP_KEYS.has(key),
          `hooks.${event}[${String(i)}].${key}`,
          'It may narrow what is asked about: take it out.',
        )
    })
  }
  wrong.push(...aboutServer(data, server))
  must(
    data.allowManagedHooksOnly === true,
    'allowManagedHooksOnly',
    'A person’s own hook can change what a tool is given.',
  )
  must(data.disableAllHooks !== true, 'disableAllHooks', 'Every hook is off.')
  must(
    data.requiredMinimumVersion !== undefined && atLeast(data.requiredMinimumVersion, LEAST_VERSION),
    'requiredMinimumVersion',
    `Below ${LEAST_VERSION} a server that does not answer is a yes.`,
  )
  must(
    data.permissions?.disableBypassPermissionsMode === 'disable',
    'permissions.disableBypassPermissionsMode',
    'Sessions may be started that ask nobody at the machine.',
  )
  must(data.allowManagedMcpServersOnly === true, 'allowManagedMcpServersOnly', 'Sessions may use any MCP server.')
  const helped = data.policyHelper !== undefined || data.policyHelpers !== undefined
  return [...wrong, ...openIn(data.sandbox, helped)]
}

type Entry = { url: string; at: string }

/** Our entries with where they stand, in the order of the events. */
function entriesOf(hooks: Record<string, { hooks: unknown[] }[]> | undefined): Entry[] {
  return HOOKED_EVENTS.flatMap((event) =>
    (hooks?.[event] ?? []).flatMap((one, i) =>
      one.hooks.flatMap((each, j) =>
        isOurs(each) ? [{ url: each.url, at: `hooks.${event}[${String(i)}].hooks[${String(j)}].url` }] : [],
      ),
    ),
  )
}

/** Whether everything asks one server, and the lists beside the hooks let it be asked, and nothing else. */
function aboutServer(data: z.infer<typeof document>, server: string | undefined): Finding[] {
  const entries = entriesOf(data.hooks)
  const base = server ?? mostOften(entries.map(({ url }) => baseOf(url)))
  if (base === undefined) return []
  const found: Finding[] = entries
    .filter(({ url }) => baseOf(url) !== base)
    .map(({ at }) => ({ kind: 'wrong', at, says: `It asks another server than ${base}, which answers what it likes.` }))
  const { allowedHttpHookUrls: urls, httpHookAllowedEnvVars: names, allowedMcpServers: servers, hooks } = data
  const shut = entries.find(({ url }) => urls !== undefined && !urls.some((pattern) => covers(pattern, url)))
  if (shut !== undefined)
    found.push({
      kind: 'wrong',
      at: 'allowedHttpHookUrls',
      says: `It leaves out ${shut.url}: that hook is never called.`,
    })
  const variables = Object.values(hooks ?? {}).flatMap((groups) =>
    groups.flatMap((one) => one.hooks.filter(isOurs).flatMap((each) => variableOf(each.headers) ?? [])),
  )
  if (names !== undefined && !variables.every((name) => names.includes(name)))
    found.push({ kind: 'wrong', at: 'httpHookAllowedEnvVars', says: 'It leaves out the token: every call is denied.' })
  if (servers === undefined)
    found.push({ kind: 'wrong', at: 'allowedMcpServers', says: 'Without a list sessions may use any MCP server.' })
  servers?.forEach((one, i) => {
    const keys = Object.keys(one)
    const gateway = keys.length === 1 && one.serverUrl?.startsWith(`${base}/mcp/`) === true
    if (!gateway)
      found.push({
        kind: 'wrong',
        at: `allowedMcpServers[${String(i)}]`,
        says: `It lets sessions past the gateway: say {"serverUrl": "${base}/mcp/*"}.`,
      })
  })
  return found
}

function mostOften(names: readonly string[]): string | undefined {
  const count = (name: string) => names.filter((each) => each === name).length
  return names.toSorted((a, b) => count(b) - count(a))[0]
}

/** The server of an address of our hooks, without a trailing slash. */
const baseOf = (url: string): string => url.slice(0, url.split(/[?#]/, 1)[0]?.lastIndexOf(HOOK_PATH))

/** Whether a pattern of Claude Code's, in which `*` stands for anything, covers an address. */
function covers(pattern: string, url: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(url)
}

const variableOf = (headers: unknown): string | undefined =>
  /^Bearer \$\{?([A-Z][A-Z0-9_]*)\}?$/.exec((headers as Record<string, string> | undefined)?.Authorization ?? '')?.[1]

/** How long the server may let a call wait, as its address says, in seconds. What it takes an address without a word for is our default or less. */
function waitOf(url: URL): number {
  const said = url.searchParams.get('wait')
  return said !== null && /^\d{1,4}$/.test(said) ? Number(said) : DEFAULT_WAIT_SECONDS
}

function aboutHook(each: unknown, at: string, event: string, matcher: string | undefined): Finding[] {
  const read = hook.safeParse(each)
  if (!read.success)
    return read.error.issues.flatMap((issue): Finding[] =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            kind: 'wrong',
            at: `${at}.${key}`,
            says: 'Nobody knows what it lets by (“if” asks about some calls alone): take it out.',
          }))
        : [{ kind: 'wrong', at: [at, ...issue.path].join('.'), says: issue.message }],
    )
  const { onFailure, url, headers, allowedEnvVars, timeout } = read.data
  const found: Finding[] = []
  if (BLOCKING.includes(event) && onFailure !== 'block')
    found.push({
      kind: 'wrong',
      at: `${at}.onFailure`,
      says: 'Say "block": without it a server that is down is a yes.',
    })
  if (matcher !== undefined && matcher !== '*' && matcher !== '')
    found.push({
      kind: 'wrong',
      at: at.replace(/\.hooks\[\d+\]$/, '.matcher'),
      says: 'Only some tools are asked about.',
    })
  const address = new URL(url)
  const named = address.searchParams.get('event')
  if (named !== null && named !== event)
    found.push({
      kind: 'wrong',
      at: `${at}.url`,
      says: `It says event=${named}: a refusal would come in a form that lets go on.`,
    })
  if (WAITING.includes(event) && timeout <= waitOf(address))
    found.push({
      kind: 'wrong',
      at: `${at}.timeout`,
      says: `It gives up before the server does: more than ${String(waitOf(address))} seconds, or a shorter wait in its url.`,
    })
  const { protocol, hostname } = address
  if (protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    found.push({ kind: 'wrong', at: `${at}.url`, says: 'The token would go over the network as it is: say https://.' })
  const variable = variableOf(headers)
  if (variable === undefined || allowedEnvVars?.includes(variable) !== true)
    found.push({ kind: 'wrong', at: `${at}.headers`, says: 'It carries no token: every call is denied.' })
  return found
}

function openIn(
  sandbox: { enabled?: boolean; failIfUnavailable?: boolean; allowUnsandboxedCommands?: boolean } | undefined,
  helped: boolean,
): Finding[] {
  const tight =
    sandbox?.enabled === true && sandbox.failIfUnavailable === true && sandbox.allowUnsandboxedCommands === false
  return [
    ...(tight
      ? []
      : [
          {
            kind: 'open' as const,
            at: 'sandbox',
            says: 'A command that was let run may do more than its text says: a script it starts is nobody’s to read. Turn the sandbox on.',
          },
        ]),
    ...(helped
      ? [
          {
            kind: 'open' as const,
            at: 'policyHelper',
            says: 'What this program answers stands in place of everything here: it is as good as the program, and as whoever may change it.',
          },
        ]
      : []),
    {
      kind: 'open',
      at: 'the machine',
      says: 'Whoever is administrator of the machine can change this file, or take it away. The server says where nothing is heard of a session.',
    },
    { kind: 'open', at: '@file', says: 'What a person pulls into a prompt with @file is read without a hook.' },
    {
      kind: 'open',
      at: 'other programs',
      says: 'Other clients of the same model, and sessions in the cloud, do not read this file.',
    },
  ]
}

function atLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number))
  for (let at = 0; at < 3; at++) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
