// The surface of the package `@countersign/sdk`; nothing inside imports it. `executor`, `claude-agent` and `openai-agents` are entries of their own.
export { CountersignClient } from './client'
export { guard } from './guard'
export type {
  Answer,
  ClientOptions,
  GrantAnswer,
  GrantQuestion,
  Outcome,
  Proposal,
  Refusal,
  Reply,
  Work,
} from './client'
export type { Guarded, GuardOptions, NotAllowed } from './guard'
export type { LeasedRun, Run, RunOptions, RunStopped } from './run'
export type { StreamEvent } from './events'
