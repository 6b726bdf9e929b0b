import { compareText, type Decision, DECISIONS } from '@/lib/decisions/decision'

/** What a replay came to: how often each decision was given, for which reason, to which tool. */
export type Tally = {
  calls: number
  decisions: Record<Decision, number>
  reasons: { decision: Decision; code: string; calls: number }[]
  tools: ({ tool: string } & Record<Decision, number>)[]
}

export type Judged = { tool: string; decision: Decision; code: string }

/** Adds up decided calls, the commonest reasons and the most forbidden and held tools first. */
export function tally(judged: readonly Judged[]): Tally {
  const decisions = { allow: 0, hold: 0, forbid: 0 }
  const reasons = new Map<string, Tally['reasons'][number]>()
  const tools = new Map<string, Tally['tools'][number]>()
  for (const { tool, decision, code } of judged) {
    decisions[decision] += 1
    const reason = reasons.get(code) ?? { decision, code, calls: 0 }
    reasons.set(code, { ...reason, calls: reason.calls + 1 })
    const row = tools.get(tool) ?? { tool, allow: 0, hold: 0, forbid: 0 }
    tools.set(tool, { ...row, [decision]: row[decision] + 1 })
  }
  return {
    calls: judged.length,
    decisions,
    reasons: [...reasons.values()].toSorted(
      (a, b) =>
        DECISIONS.indexOf(a.decision) - DECISIONS.indexOf(b.decision) ||
        b.calls - a.calls ||
        compareText(a.code, b.code),
    ),
    tools: [...tools.values()].toSorted(
      (a, b) => b.forbid - a.forbid || b.hold - a.hold || b.allow - a.allow || compareText(a.tool, b.tool),
    ),
  }
}
