import { draftInput } from '@/lib/boundary/contract'
import { draft } from '@/lib/boundary/draft'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Saves a draft of the organisation's baseline. */
export const POST = handle(
  { permission: 'baseline.draft', input: draftInput },
  ({ db, actor, input, now }) => draft(db, actor, null, input, now),
  {
    then: ({ version }) => paths.boundary(BASELINE_SLUG, version),
    say: ({ version }) => ({ text: `Version ${String(version)} is saved, and waits for a ciso’s signature.` }),
  },
)
