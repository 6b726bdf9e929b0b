import { classDefaults, stakesOf, type Stake, type ToolClass, type ToolSource } from '@/lib/tools/tool'

const CALLS: Record<Stake, string> = {
  irreversible: 'cannot be undone',
  customer_facing: 'a customer sees it',
  external: 'leaves the organisation',
  production: 'touches production',
  spends_money: 'spends money',
}

/** A class as a person would say it: `writes, can be undone` or `writes, cannot be undone, spends money`. */
export function classWords(given: ToolClass | null): string {
  if (given === null) return 'nobody has said'
  const { access, reversible } = classDefaults(given)
  const stakes = stakesOf(given).map((stake) => CALLS[stake])
  const first = access === 'read' ? 'reads' : 'writes'
  return [first, ...(access === 'write' && reversible ? ['can be undone'] : []), ...stakes].join(', ')
}

/** What follows from a class where its scope allows it. */
export function answerOfClass(given: ToolClass | null): 'allow' | 'hold' {
  return given === null || stakesOf(given).length > 0 ? 'hold' : 'allow'
}

/** Where what is said of a tool came from. */
export const SOURCE_WORDS: Readonly<Record<string, string>> = {
  person: 'a person',
  import: 'a file',
  mcp: 'its server',
  trace: 'a trace',
  seen: 'nobody: an agent named it',
} satisfies Record<ToolSource, string>
