import { close } from '@/lib/boundary/close'
import { withdrawInput, versionParams } from '@/lib/boundary/contract'
import { governedBy, versionOf } from '@/lib/boundary/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Withdraws a draft: its drafter, or the agent's owner. */
export const POST = handle(
  {
    permission: 'boundary.withdraw',
    params: versionParams,
    input: withdrawInput,
    subject: async ({ db, params }) => {
      const of = await governedBy(db, params.slug)
      return { drafterId: (await versionOf(db, of, params.version)).draftedBy, ownerId: of?.ownerId ?? null }
    },
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await close(db, actor, await governedBy(db, params.slug), params.version, 'withdrawn', input.reason)
  },
  {
    then: (_, { params }) => paths.boundary(params.slug, params.version),
    say: (_, { params }) => ({ text: `Version ${String(params.version)} is withdrawn.` }),
  },
)
