import { CADENCES, type KillSwitch, type Sandbox } from './boundary'

/** The clauses a reviewer may write for `sandbox`, and what each asks of an attestation (C40). */
const SANDBOX_CLAUSES: readonly [pattern: RegExp, asks: Partial<Sandbox>][] = [
  [/^isolated$/, { isolated: true }],
  [/^no (?:ambient )?credentials$/, { credentials: 'none' }],
  [/^(?:network )?egress (?:= )?allow-?list(?: only)?$/, { egress: 'allowlist' }],
  [/^(?:(?:network )?egress (?:= )?none|no (?:network )?egress|no network)$/, { egress: 'none' }],
  [/^filesystem (?:= )?workspace(?: only)?$/, { filesystem: 'workspace' }],
  [/^filesystem (?:= )?read[- ]only$/, { filesystem: 'read_only' }],
]
export const SANDBOX_WORDS =
  'isolated, no ambient credentials, network egress = allowlist only (or none), filesystem = workspace (or read-only)'

const SCOPES: readonly [RegExp, KillSwitch['scope']][] = [
  [/^(?:org|organi[sz]ation)-?\s?wide$/, 'organisation'],
  [/^team-?\s?wide$/, 'team'],
  [/^(?:this )?agent(?: only)?$/, 'agent'],
]
const TESTED = new RegExp(`^(?:tested|drilled|rehearsed) (${CADENCES.join('|')})$`)
export const KILL_SWITCH_WORDS = 'org-wide (or team-wide, agent only), tested monthly (or weekly, quarterly)'

export const OPEN_SANDBOX: Sandbox = {
  isolated: false,
  credentials: 'any',
  egress: 'any',
  hosts: [],
  filesystem: 'any',
}

/** What the words of a `sandbox` sentence ask for; or the first clause that says nothing we know, or says it twice. */
export function understandSandbox(sentence: string): { sandbox: Sandbox } | { unknown: string } {
  const asked: Partial<Sandbox> = {}
  for (const clause of clauses(sentence)) {
    const asks = SANDBOX_CLAUSES.find(([pattern]) => pattern.test(clause))?.[1]
    if (asks === undefined || Object.keys(asks).some((key) => key in asked)) return { unknown: clause }
    Object.assign(asked, asks)
  }
  return { sandbox: { ...OPEN_SANDBOX, ...asked } }
}

/** What the words of a `kill_switch` sentence say: which halt stops the agent, and how often that is rehearsed (C33). */
export function understandKillSwitch(sentence: string): { killSwitch: KillSwitch } | { unknown: string } {
  let scope: KillSwitch['scope'] | undefined
  let tested: KillSwitch['tested'] | undefined
  for (const clause of clauses(sentence)) {
    const said = SCOPES.find(([pattern]) => pattern.test(clause))?.[1]
    const cadence = CADENCES.find((one) => one === TESTED.exec(clause)?.[1])
    if (said !== undefined && scope === undefined) scope = said
    else if (cadence !== undefined && tested === undefined) tested = cadence
    else return { unknown: clause }
  }
  return { killSwitch: { scope: scope ?? 'organisation', tested: tested ?? 'monthly' } }
}

function clauses(sentence: string): string[] {
  return sentence
    .toLowerCase()
    .split(/[,;]/)
    .map((clause) => clause.trim().replace(/\s+/g, ' ').replace(/ ?= ?/, ' = '))
}
