import { agentNamed } from '@/lib/agents/read'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { idsOf, plantInput } from '@/lib/decisions/attention-contract'
import { openPlanted, plantTest } from '@/lib/decisions/plant'
import { FLAW_NAMES } from '@/lib/decisions/test-request'
import { handle } from '@/lib/http/handle'
import { notifyTests } from '@/lib/notify/notify-tests'

/** Plants one test request now. */
export const POST = handle(
  { permission: 'attention.govern', input: plantInput },
  async ({ db, actor, input, now }) => {
    const agent = await agentNamed(db, input.agent)
    const flaws = input.kind === undefined ? FLAW_NAMES : [input.kind]
    const whom = idsOf(input.only === undefined ? [] : [input.only])
    const id = await plantTest(db, { agentId: agent.id, flaws, ...whom, by: actor.id, opensAt: now })
    const approval = await openPlanted(db, id, now)
    await notifyTests(db, approval === null ? [] : [approval], now)
    return { id: publicId('entry', id) }
  },
  {
    then: () => paths.attention(),
    say: () => ({ text: 'Planted: it waits in the inbox of whom it is for, and looks like any other.' }),
  },
)
