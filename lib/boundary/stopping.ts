import type { Baseline, Boundary, Rule } from './boundary'

/** What of the organisation's baseline bounds what an agent does alone. */
export type Floor = Pick<Baseline, 'never' | 'approval_required' | 'limits'>

/** What is refused or asked about under every condition: by qualified name, or by the bare one on any server. */
export function stopping(boundary: Boundary, baseline: Floor | null): (tool: string) => boolean {
  const stopped = new Set(
    [boundary.never, boundary.approval_required, baseline?.never ?? [], baseline?.approval_required ?? []].flatMap(
      always,
    ),
  )
  return (tool) => {
    const bare = tool.slice(tool.indexOf('.') + 1)
    // A dot makes a name qualified: "a.b" is never the bare name of a tool "x.a.b".
    return stopped.has(tool) || (!bare.includes('.') && stopped.has(bare))
  }
}

/** Tools named without a condition. */
const always = (rules: readonly Rule[]): string[] => rules.filter(({ when }) => when === null).map(({ tool }) => tool)
