import { agentNamed, agentSubject } from '@/lib/agents/read'
import { slugParams } from '@/lib/boundary/contract'
import { renew } from '@/lib/boundary/renew'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Drafts the boundary in force again with a new term: one step, and a signature. */
export const POST = handle(
  {
    permission: 'boundary.draft',
    params: slugParams,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, now }) => renew(db, actor, await agentNamed(db, params.slug), now),
  {
    then: ({ version }, { params }) => paths.boundary(params.slug, version),
    say: ({ version }) => ({
      text: `Version ${String(version)} is the same text with a new term. It waits for a ciso’s signature.`,
    }),
  },
)
