/**
 * Governs agents built on the Claude Agent SDK: hooks for `query({ options: { hooks } })` that ask Countersign before every call of a tool, a
 * sub-agent's included, and report what came of it. It knows the SDK by the shape of its hooks alone and holds no rules: every event goes to
 * the server as it is, and what the server answers is what the hook answers (ADR 0045).
 *
 * `canUseTool` alone mediates nothing: the SDK does not ask it about what it regards as reading, or about tools it was told to allow (measured).
 */
export type ClaudeAgentOptions = {
  server: string
  clientId: string
  clientSecret: string
  /** how long a call waits for a person, in seconds, at most 280: `fetch` waits no longer for an answer to begin */
  waitSeconds?: number
  /** whether what is typed is kept, or only counted */
  prompts?: 'keep' | 'count'
}

type HookInput = { hook_event_name: string }
type HookAnswer = Record<string, unknown>
export type HookCallback = (
  input: HookInput,
  toolUseId: string | undefined,
  options: { signal: AbortSignal },
) => Promise<HookAnswer>
export type HookMatcher = { hooks: HookCallback[]; timeout: number; onFailure: 'block' }

const ASKING = ['PreToolUse', 'PermissionRequest', 'UserPromptSubmit'] as const
const TELLING = [
  'PostToolUse',
  'PostToolUseFailure',
  'SessionStart',
  'SessionEnd',
  'SubagentStart',
  'SubagentStop',
  'Stop',
] as const
export type GovernedEvent = (typeof ASKING)[number] | (typeof TELLING)[number]

const MOST_WAIT_SECONDS = 280
const OWN_SECONDS = 30
const EARLY_MS = 60_000

/** The hooks. A server that cannot be reached, refuses or answers anything it should not is a denial, in words the agent can read. */
export function governedHooks(options: ClaudeAgentOptions): Record<GovernedEvent, HookMatcher[]> {
  const wait = Math.min(options.waitSeconds ?? 240, MOST_WAIT_SECONDS)
  const token = tokens(options)
  const ask: HookCallback = async (input, _, { signal }) => {
    const event = input.hook_event_name
    try {
      const bearer = await token.value()
      const address = `${options.server}/api/hooks/claude-code?event=${encodeURIComponent(event)}&wait=${String(wait)}&prompts=${options.prompts ?? 'keep'}`
      const answer = await fetch(address, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify(input),
        redirect: 'error',
        signal,
      })
      const said: unknown = await answer.json()
      if (answer.status !== 200) throw new Error(`it answered ${String(answer.status)}`)
      if (!isAnswer(event, said)) throw new Error('what answers there is no Countersign')
      // a token made under a halt stops at the lift, too, unless another one is asked for
      if (SPENT.test(JSON.stringify(said))) token.drop(bearer)
      return said
    } catch (error) {
      return denied(
        event,
        `Countersign could not be asked, so this does not run: ${error instanceof Error ? error.message : 'nobody knows why'}.`,
      )
    }
  }
  const matcher = (seconds: number): HookMatcher[] => [{ hooks: [ask], timeout: seconds, onFailure: 'block' }]
  return Object.fromEntries([
    ...ASKING.map((event) => [event, matcher(wait + OWN_SECONDS)]),
    ...TELLING.map((event) => [event, matcher(OWN_SECONDS)]),
  ]) as Record<GovernedEvent, HookMatcher[]>
}

/** Codes of refusals that the next token may not meet, as the server writes them at the end of a reason. */
const SPENT = /\((?:stop_only|unauthenticated)\)"/

const isObject = (value: unknown): value is HookAnswer =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Whether a document is an answer of the server to this event: the forms of `lib/gateway/hooks/answer.ts`, and nothing beside them. The SDK takes
 * any other object for "nothing to say", and goes on.
 */
function isAnswer(event: string, said: unknown): said is HookAnswer {
  if (!isObject(said)) return false
  const { continue: goes, decision, hookSpecificOutput: more } = said
  const own = isObject(more) && more.hookEventName === event ? more : undefined
  switch (event) {
    case 'PreToolUse':
      return own?.permissionDecision === 'allow' || own?.permissionDecision === 'deny'
    case 'PermissionRequest':
      return more === undefined ? goes === true : isObject(own?.decision) && own.decision.behavior === 'deny'
    case 'UserPromptSubmit':
      return decision === 'block' || (goes === true && (more === undefined || own !== undefined))
    default:
      return typeof goes === 'boolean'
  }
}

/** A denial in the form of its event. What only tells is not refused: it has happened. */
function denied(event: string, reason: string): HookAnswer {
  switch (event) {
    case 'PreToolUse':
      return {
        hookSpecificOutput: { hookEventName: event, permissionDecision: 'deny', permissionDecisionReason: reason },
      }
    case 'PermissionRequest':
      return { hookSpecificOutput: { hookEventName: event, decision: { behavior: 'deny', message: reason } } }
    case 'UserPromptSubmit':
      return { decision: 'block', reason }
    default:
      return { continue: true, systemMessage: reason }
  }
}

/** Access tokens, each asked for once and used until it is about to end, or is dropped. */
function tokens({ server, clientId, clientSecret }: ClaudeAgentOptions): {
  value: () => Promise<string>
  drop: (value: string) => void
} {
  let known: { value: string; until: number } | undefined
  let asking: Promise<string> | undefined
  const ask = async (): Promise<string> => {
    const answer = await fetch(`${server}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
      redirect: 'error',
      signal: AbortSignal.timeout(OWN_SECONDS * 1_000),
    })
    const { access_token: value, expires_in: seconds } = (await answer.json()) as {
      access_token?: string
      expires_in?: number
    }
    if (answer.status !== 200 || value === undefined) throw new Error('it gave no token for this credential')
    known = { value, until: Date.now() + (seconds ?? 0) * 1_000 - EARLY_MS }
    return value
  }
  return {
    value: () => {
      if (known !== undefined && Date.now() < known.until) return Promise.resolve(known.value)
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
    drop: (value) => {
      if (known?.value === value) known = undefined
    },
  }
}
