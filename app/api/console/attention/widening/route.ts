import { agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { wideningInput } from '@/lib/trials/widening-contract'
import { draftWidening } from '@/lib/trials/widening'

/** Drafts a boundary in which what people always approved runs alone; a ciso's signature is still needed. */
export const POST = handle(
  { permission: 'boundary.draft', input: wideningInput, subject: ({ db, input }) => agentSubject(db, input.agent) },
  ({ db, actor, input, now }) => draftWidening(db, actor, input, now),
  {
    then: ({ version }, { input }) => paths.boundary(input.agent, version),
    say: ({ version }) => ({ text: `Version ${String(version)} is drafted, and waits for a ciso’s signature.` }),
  },
)
