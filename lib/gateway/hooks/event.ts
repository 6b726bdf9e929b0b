import { z } from 'zod'

/**
 * What Claude Code sends a hook (captured from 2.1.329). A foreign protocol: what we do not know is passed over, and what we do know is
 * bounded. `hook_event_name` is an open set: 33 were known then.
 */
export const hookEvent = z.looseObject({
  hook_event_name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'An event is named in letters and digits.'),
  session_id: z.string().regex(/^[\x21-\x7e]{1,100}$/, 'A session is named by 1 to 100 printable characters.'),
  cwd: z.string().max(4_096).optional(),
  prompt_id: z.string().max(100).optional(),
  permission_mode: z.string().max(100).optional(),
  agent_id: z.string().max(200).optional(),
  agent_type: z.string().max(200).optional(),
  tool_name: z.string().max(512).optional(),
  tool_input: z.unknown().optional(),
  tool_use_id: z.string().min(1).max(200).optional(),
  tool_response: z.unknown().optional(),
  error: z.unknown().optional(),
  is_interrupt: z.boolean().optional(),
  duration_ms: z.number().min(0).optional(),
  prompt: z.string().optional(),
})
export type HookEvent = z.infer<typeof hookEvent>

/** Events about a call of a tool that has ended: what came of it. */
export const OUTCOME_EVENTS: ReadonlySet<string> = new Set(['PostToolUse', 'PostToolUseFailure', 'PermissionDenied'])

/** Events that tell and ask nothing: recorded, never judged. What each needs of the ledger is in `TOLD`. */
export const KNOWN_EVENTS: ReadonlySet<string> = new Set([
  'PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PostToolBatch', 'Notification', 'UserPromptSubmit', 'UserPromptExpansion', 'SessionStart',
  'SessionEnd', 'Stop', 'StopFailure', 'SubagentStart', 'SubagentStop', 'PreCompact', 'PostCompact', 'PreModelSwitch', 'PostModelSwitch',
  'PermissionRequest', 'PermissionDenied', 'Setup', 'TeammateIdle', 'TaskCreated', 'TaskCompleted', 'Elicitation', 'ElicitationResult',
  'ConfigChange', 'WorktreeCreate', 'WorktreeRemove', 'InstructionsLoaded', 'CwdChanged', 'FileChanged', 'DirectoryAdded', 'MessageDisplay',
]) // prettier-ignore

/** Events that repeat what others say, or come by the hundred: answered, and no entry. */
export const UNRECORDED_EVENTS: ReadonlySet<string> = new Set([
  'PostToolBatch', 'MessageDisplay', 'Notification', 'FileChanged', 'CwdChanged', 'InstructionsLoaded', 'UserPromptExpansion',
]) // prettier-ignore

/** The longest a hook is let wait for a person, and how long when its address does not say, in seconds. */
export const MOST_WAIT_SECONDS = 3_600
export const WAIT_SECONDS = 240

/** What the address of a hook says, so that even a body nobody can read is answered in the form of its event. */
export const hookQuery = z.object({
  event: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/)
    .optional()
    .catch(undefined),
  wait: z.coerce.number().int().min(0).max(MOST_WAIT_SECONDS).catch(WAIT_SECONDS).default(WAIT_SECONDS),
  prompts: z.enum(['keep', 'count']).catch('keep').default('keep'),
})

const NAMED = /"hook_event_name"\s*:\s*"([A-Za-z][A-Za-z0-9_]{0,63})"/

/** The event a body seems to be about, where it cannot be read: only the form of the refusal depends on it. */
export function eventNamedIn(body: Buffer): string | undefined {
  return NAMED.exec(body.toString('latin1'))?.[1]
}
