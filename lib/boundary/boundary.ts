import type { Asked } from '@/lib/approvals/asked'
import type { PasskeyFor } from '@/lib/approvals/assurance'
import type { Access } from '@/lib/tools/tool'

/**
 * A boundary as the rules read it: the parsed, normalised form of the signed text (C09). Plain JSON; every list and map
 * is present, so that no rule has to ask. Keys are those of the document.
 */
export type Boundary = {
  agent: string
  purpose: string | null
  sandbox: Sandbox | null
  mcp_scopes: Record<string, Access[]>
  autonomous: AutonomousRule[]
  approval_required: AskingRule[]
  never: Rule[]
  audit: 'all_tool_calls'
  kill_switch: KillSwitch | null
  limits: Limits
  accountable: Partial<Record<Category, string>>
  expires: Expiry | null
  review_by: string | null
  /** absent where the text has no `surfaces`, as in documents signed before there was that key */
  surfaces?: Surfaces
  /** resources of which every change asks a person, as they are written: `detection_rule/edr-17`, `config/*` */
  protected?: string[]
  /** absent where it enforces. The first moment at which it enforces again, in ms since 1970. */
  mode?: { observe_until: number }
  /** what halts this agent by itself, or raises an alert; absent where the text has none */
  watch?: WatchRule[]
  /** absent where nothing more may be granted for a while */
  elevation?: Elevation
}

/**
 * The ceiling of elevations (C07): the most that may be granted for a while, for how long at most (milliseconds), and who grants.
 * `override` on a tool lets it run alone although its class calls for a person.
 */
export type Elevation = {
  mcp_scopes: Record<string, Access[]>
  tools: AutonomousRule[]
  longest: number
  granted_by: Asked[]
}

/** What a watch rule counts or looks for, in the order they are told. */
export const WATCHED = ['forbidden', 'rejected', 'failed', 'calls', 'new_tool', 'run_longer_than'] as const
export type WatchedKind = (typeof WATCHED)[number]
export type WatchThen = 'halt' | 'alert'
/**
 * What stops an agent by itself. `count` and `within` (milliseconds) are of the four that count; of `run_longer_than`, `within` is how
 * long a run may be; `new_tool` has neither.
 */
export type WatchRule = { on: WatchedKind; count?: number; within?: number; then: WatchThen }

/** What is judged by more than the name of a tool. `code` and `data` are absent where the text does not have them. */
export type Surfaces = { commands: Commands | null; code?: PathLists; data?: PathLists }

/**
 * Which files may be changed (`code`), and which files and resources read or touched (`data`): entries as they are written, such
 * as `src/**`, `secrets`, `customer:vip-*`. `workspace` is the absolute directory the paths begin in.
 */
export type PathLists = { workspace: string | null } & Record<CommandList, string[]>

/**
 * What a shell may run (C17): entries as they are written, such as `git diff *`. `workspace` is the absolute directory in
 * which absolute paths count as inside; without it none does.
 */
export type Commands = { workspace: string | null } & Record<CommandList, string[]>
export const COMMAND_LISTS = ['autonomous', 'approval_required', 'never'] as const
export type CommandList = (typeof COMMAND_LISTS)[number]

/** What runs under a rule: a tool by bare or qualified name, and a CEL condition over `args, agent, run, resource, now`. */
export type Rule = { tool: string; when: string | null; reason: string | null }

/** A rule that asks people: which ones, how many of them, and until when. What the text leaves out is absent. */
export type AskingRule = Rule & {
  by?: Asked[]
  /** how many have to approve */
  approvals?: number
  /** milliseconds until it expires unanswered */
  within?: number
  /** what takes a passkey: approving (`true` in the text), or rejecting as well (`both`) */
  passkey?: Exclude<PasskeyFor, 'registered'>
  /** each of `by` has a seat of its own, and they are taken in the order they are written */
  in_order?: true
  /** who may answer as well once it has waited so long, one step after the other */
  then?: EscalationStep[]
}

/** After so many milliseconds without enough answers, these may answer, too. */
export type EscalationStep = { escalate_to: Asked[]; after: number }

/** How long a question waits where no rule says it, in milliseconds. */
export const DEFAULT_WAIT_MS = 24 * 3_600_000

/** `override` says why this action runs alone although its class calls for a human; the signer sees it apart. */
export type AutonomousRule = Rule & { override: string | null }

/** What code execution must run in (C40). `hosts` are the only ones an allow-list may hold; empty: any list will do. */
export type Sandbox = {
  isolated: boolean
  credentials: 'any' | 'none'
  egress: 'any' | 'allowlist' | 'none'
  hosts: string[]
  filesystem: 'any' | 'workspace' | 'read_only'
} & Partial<Record<SandboxBound, number>>

/**
 * How much code may have: milliseconds it runs, bytes of all its processes together, processes and threads. Each is absent where the text says nothing, as
 * in documents signed before there was that key.
 */
export const SANDBOX_BOUNDS = ['time', 'memory', 'processes'] as const
export type SandboxBound = (typeof SANDBOX_BOUNDS)[number]

/** The longest and the most that may be written there. */
export const LONGEST_TIME_MS = 86_400_000
export const MOST_PROCESSES = 100_000

export const CADENCES = ['weekly', 'monthly', 'quarterly'] as const
/** Which halt stops this agent, and how often the halt is rehearsed (C33). */
export type KillSwitch = { scope: 'organisation' | 'team' | 'agent'; tested: (typeof CADENCES)[number] }

export const PERIODS = ['minute', 'hour', 'day'] as const
export type Period = (typeof PERIODS)[number]
/** An amount of money in a currency of ISO 4217. */
export type Money = { amount: number; currency: string }
/**
 * How much an agent does without anybody (C39): calls, money and tokens a period, runs open at a time, and how long one may go on
 * (`run_length`, milliseconds).
 */
export type Limits = Partial<
  Record<`calls_per_${Period}` | `tokens_per_${Period}` | 'concurrent_runs' | 'run_length', number>
> &
  Partial<Record<`spend_per_${Period}`, Money>>

/** The kinds of action somebody answers for (C04), most severe first. */
export const CATEGORIES = [
  'spending',
  'production',
  'external',
  'customer',
  'irreversible',
  'execution',
  'writes',
  'reads',
] as const
export type Category = (typeof CATEGORIES)[number]

/** When a boundary lapses: at a moment (ms since 1970), or so many days after its signature. */
export type Expiry = { at: number } | { days: number }

/** The organisation's floor (C44): it only ever forbids, holds or limits more. */
export type Baseline = {
  purpose: string | null
  never: Rule[]
  approval_required: AskingRule[]
  limits: Limits
  /** lists of what no agent does, or does only after asking; absent where the text has none. Nothing is granted here. */
  surfaces?: Surfaces
}

export const DEFAULT_TERM_DAYS = 90
export const LONGEST_TERM_DAYS = 366
/** The longest a boundary may only observe, from its signature, in milliseconds. */
export const LONGEST_OBSERVATION_MS = 90 * 86_400_000
const DAY = 86_400_000

/**
 * When a boundary signed at a moment lapses (C07): at `expires`, or 90 days after the signature, and never later than 366
 * days after it. Milliseconds since 1970.
 */
export function lapsesAt(boundary: Pick<Boundary, 'expires'>, signedAt: number): number {
  const { expires } = boundary
  const asked =
    expires === null ? signedAt + DEFAULT_TERM_DAYS * DAY : 'at' in expires ? expires.at : signedAt + expires.days * DAY
  return Math.min(asked, signedAt + LONGEST_TERM_DAYS * DAY)
}
