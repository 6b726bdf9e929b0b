import type { ToolClass } from '@/lib/tools/tool'

/** What approving leads to beyond the act itself, from the class a person confirmed; nobody's guess when nobody did. */
export function effectsOf(tool: Required<ToolClass> | null): readonly string[] {
  if (tool === null) return ['Nobody has said yet what this tool does, so nothing can be promised about its effect.']
  const effects = [
    tool.production && 'It touches production.',
    tool.spends && 'It spends money.',
    tool.audience === 'customer' && 'A customer sees it.',
    tool.audience === 'external' && 'It reaches outside the organisation.',
    tool.access === 'write' && !tool.reversible && 'It can’t be undone.',
    tool.access === 'write' && tool.reversible && 'It can be undone.',
    tool.access === 'read' && 'It reads, and changes nothing.',
  ]
  return effects.filter((effect) => effect !== false)
}
