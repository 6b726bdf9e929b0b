import type { JsonObject } from '@/lib/core/json'

/**
 * What a hook is answered, always as a document and never empty: Claude Code takes an empty answer, or any other status than 200, for "go
 * on" (measured). A refusal has another form for each event.
 */
export type HookAnswer = JsonObject

export type Refusal = {
  reason: string
  /** a halt: the session ends as well. Without the refusal beside it the tool would still run (measured). */
  stop?: boolean
}

const stopping = ({ reason, stop }: Refusal): JsonObject =>
  stop === true ? { continue: false, stopReason: reason } : {}

/** Lets a call run, with another input where a person edited it. */
export function allowed(reason: string, updatedInput?: JsonObject): HookAnswer {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'allow',
      permissionDecisionReason: reason,
      ...(updatedInput !== undefined && { updatedInput }),
    },
  }
}

/** Nothing stands against it, and nothing is decided: whatever else is asked goes on being asked. */
export function going(more: JsonObject = {}): HookAnswer {
  return { continue: true, ...more }
}

/** Words for the model, where an event has a place for them. */
export function told(event: string, additionalContext: string): HookAnswer {
  return { continue: true, hookSpecificOutput: { hookEventName: event, additionalContext } }
}

/** Refuses, in the form of the event. An event nobody knows is refused in every form there is. */
export function refused(event: string | undefined, refusal: Refusal): HookAnswer {
  const { reason, stop } = refusal
  const stops = stopping(refusal)
  switch (event) {
    case 'PreToolUse':
      return {
        ...stops,
        hookSpecificOutput: { hookEventName: event, permissionDecision: 'deny', permissionDecisionReason: reason },
      }
    case 'PermissionRequest':
      return {
        ...stops,
        hookSpecificOutput: {
          hookEventName: event,
          decision: { behavior: 'deny', message: reason, ...(stop === true && { interrupt: true }) },
        },
      }
    case 'Elicitation':
      return { ...stops, hookSpecificOutput: { hookEventName: event, action: 'decline' } }
    case 'SessionStart':
    case 'SessionEnd':
    case 'SubagentStart':
    case 'PostToolUse':
    case 'PostToolUseFailure':
      // what ran has run: `block` would only be more words for the model
      return { continue: true, ...stops, systemMessage: reason }
    case 'Stop':
    case 'SubagentStop':
      // `block` means "go on" here
      return { continue: true, ...stops }
    default:
      return { ...stops, decision: 'block', reason }
  }
}
