import { z } from 'zod'
import { HOOKED_EVENTS, isOurs, LEAST_VERSION } from './settings'

/** Something about a managed file: `wrong` lets things run that should be asked about, `open` is what such a file cannot close by itself. */
export type Finding = { kind: 'wrong' | 'open'; at: string; says: string }

// Claude Code passes over a hook it cannot read, with a warning nobody sees, and runs the session without it (measured).
const hook = z.looseObject({
  type: z.literal('http', 'Only "http" asks the server.'),
  url: z.url('It is no address.'),
  timeout: z.number('A number of seconds, not a text: an entry that is wrong is passed over.').positive().max(4_000),
  onFailure: z.enum(['block', 'continue']).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  allowedEnvVars: z.array(z.string()).optional(),
  statusMessage: z.string().optional(),
})
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

/** Everything that is wrong with a managed settings document, and what it leaves open. Pure; the worst first. */
export function findingsIn(value: unknown): Finding[] {
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
  }
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
  return [...wrong, ...openIn(data.sandbox)]
}

function aboutHook(each: unknown, at: string, event: string, matcher: string | undefined): Finding[] {
  const read = hook.safeParse(each)
  if (!read.success)
    return read.error.issues.map(({ path, message }) => ({ kind: 'wrong', at: [at, ...path].join('.'), says: message }))
  const { onFailure, url, headers, allowedEnvVars } = read.data
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
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    found.push({ kind: 'wrong', at: `${at}.url`, says: 'The token would go over the network as it is: say https://.' })
  const variable = /^Bearer \$\{?([A-Z][A-Z0-9_]*)\}?$/.exec(headers?.Authorization ?? '')?.[1]
  if (variable === undefined || allowedEnvVars?.includes(variable) !== true)
    found.push({ kind: 'wrong', at: `${at}.headers`, says: 'It carries no token: every call is denied.' })
  return found
}

function openIn(
  sandbox: { enabled?: boolean; failIfUnavailable?: boolean; allowUnsandboxedCommands?: boolean } | undefined,
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
