import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { toolDigest } from './digest'
import { countSeen, insertTool } from './store'
import { resolveTool } from './tool'

/** An agent that names more tools nobody knows is at fault, or at work: the rest stay unregistered, and ask a person all the same. */
export const MOST_SEEN_OF_AGENT = 50
export const MOST_SEEN = 2_000

const NOTHING = { title: '', description: '', schema: null, annotations: null }

/**
 * Registers a tool that an agent named and the catalogue lacks, so that people see it and may say what it does. Its name is the
 * agent's word and stays in the payload of the entry. Run it in a transaction.
 * @returns whether it is new: not when it is known, no name, or one too many
 */
export async function seeTool(db: Db, agentId: string, name: string, at: Date): Promise<boolean> {
  const tool = resolveTool(name)
  if (tool === null) return false
  const seen = await countSeen(db, agentId)
  if (seen.agent >= MOST_SEEN_OF_AGENT || seen.all >= MOST_SEEN) return false
  const id = newId(at.getTime())
  const row = { id, server: tool.server, name: tool.tool, ...NOTHING, digest: toolDigest(NOTHING) }
  const fresh = { class: null, surface: null, source: 'seen', createdBy: null, seenBy: agentId } as const
  if (!(await insertTool(db, { ...row, ...fresh }))) return false
  await append(db, {
    kind: 'tool.registered',
    actor: 'system',
    agent: agentId,
    about: { tool: id },
    labels: ['seen'],
    projection: { tool: tool.name, sentence: 'A tool nobody knew was named by an agent' },
  })
  return true
}
