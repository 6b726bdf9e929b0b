import { digestText } from '@/lib/core/digest-text'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { registerToolInput } from '@/lib/tools/contract'
import { listTools } from '@/lib/tools/read'
import { registerTool } from '@/lib/tools/register'
import { namedTool } from '@/lib/tools/catalogue'

/** The catalogue: what waits for a confirmation first. */
export const GET = handle({ permission: 'tool.read' }, async ({ db }) => ({
  tools: (await listTools(db)).map(({ digest, ...tool }) => ({ ...tool, digest: digestText(digest) })),
}))

/** Adds one tool; its class is a suggestion until somebody who may confirms it. */
export const POST = handle(
  { permission: 'tool.register', input: registerToolInput },
  ({ db, actor, input: { tool, description, ...said }, now }) =>
    registerTool(db, actor, { ...namedTool(tool), description, class: said, surface: null, schema: null }, now),
  {
    then: () => paths.tools(),
    say: ({ tool }) => ({ text: `${tool} is in the catalogue. Its class counts once somebody confirms it.` }),
  },
)
