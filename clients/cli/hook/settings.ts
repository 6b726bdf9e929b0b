/** The environment variable a session's token is read from. Claude Code interpolates only names a settings file lists. */
export const TOKEN_VARIABLE = 'COUNTERSIGN_TOKEN'
/** The path of the hooks on a server of ours, and how our own entries are told from those of others. */
export const HOOK_PATH = '/api/hooks/claude-code'
/** From here on Claude Code knows `onFailure`; older versions run the tool when the server is down. */
export const LEAST_VERSION = '2.1.295'
/** How long a call waits for a person by default, in seconds: ten minutes less what it takes to be told. */
export const DEFAULT_WAIT_SECONDS = 570
const OWN_SECONDS = 30

export type HookOptions = {
  /** the server, without a trailing slash */
  server: string
  waitSeconds: number
  /** whether what people type is kept, or only counted */
  prompts: boolean
}

export type HttpHook = {
  type: 'http'
  url: string
  timeout: number
  onFailure?: 'block'
  headers: Record<string, string>
  allowedEnvVars: string[]
  statusMessage?: string
}
export type HookGroup = { matcher?: string; hooks: HttpHook[] }
export type Hooks = Record<string, HookGroup[]>

/** Events that ask: they wait for a person, and block where nobody answers. */
const ASKING = ['PreToolUse', 'PermissionRequest'] as const
/** Events that tell. None of them blocks: `block` at the end of a turn would mean "go on". */
const TELLING = [
  'PostToolUse', 'PostToolUseFailure', 'PermissionDenied', 'SessionStart', 'SessionEnd', 'SubagentStart', 'SubagentStop', 'Stop', 'ConfigChange',
] as const // prettier-ignore
export const HOOKED_EVENTS = [...ASKING, 'UserPromptSubmit', ...TELLING] as const

/** The hooks of a session under a server, as Claude Code's settings have them. Pure. */
export function hooksFor({ server, waitSeconds, prompts }: HookOptions): Hooks {
  const hook = (event: string, timeout: number, blocks: boolean, more = ''): HookGroup => ({
    ...(event.includes('ToolUse') || event === 'PermissionRequest' ? { matcher: '*' } : {}),
    hooks: [
      {
        type: 'http',
        url: `${server}${HOOK_PATH}?event=${event}${more}`,
        timeout,
        ...(blocks && { onFailure: 'block' as const }),
        headers: { Authorization: `Bearer $${TOKEN_VARIABLE}` },
        allowedEnvVars: [TOKEN_VARIABLE],
        ...(event === 'PreToolUse' && {
          statusMessage: `Countersign decides. What waits for a person: ${server}/approvals`,
        }),
      },
    ],
  })
  return Object.fromEntries([
    ...ASKING.map((event) => [event, [hook(event, waitSeconds + OWN_SECONDS, true, `&wait=${String(waitSeconds)}`)]]),
    ['UserPromptSubmit', [hook('UserPromptSubmit', OWN_SECONDS, true, prompts ? '' : '&prompts=count')]],
    ...TELLING.map((event) => [event, [hook(event, OWN_SECONDS, false)]]),
  ]) as Hooks
}

/** Whether an entry of a settings file is one of ours, whatever server it names. */
export function isOurs(hook: unknown): hook is { url: string; headers?: unknown } {
  if (typeof hook !== 'object' || hook === null || !('url' in hook) || typeof hook.url !== 'string') return false
  const { url } = hook
  return url.split(/[?#]/, 1)[0]?.endsWith(HOOK_PATH) === true
}
