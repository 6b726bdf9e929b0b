import { draftInput, slugParams } from '@/lib/boundary/contract'
import { draft } from '@/lib/boundary/draft'
import { agentNamed, agentSubject } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Saves a draft of an agent's boundary. */
export const POST = handle(
  {
    permission: 'boundary.draft',
    params: slugParams,
    input: draftInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
  },
  async ({ db, actor, params, input, now }) => draft(db, actor, await agentNamed(db, params.slug), input, now),
  {
    then: ({ version }, { params }) => paths.boundary(params.slug, version),
    say: ({ version }) => ({ text: `Version ${String(version)} is saved, and waits for a ciso’s signature.` }),
  },
)
