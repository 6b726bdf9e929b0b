import { close } from '@/lib/boundary/close'
import { returnInput, versionParams } from '@/lib/boundary/contract'
import { governedBy, versionOf } from '@/lib/boundary/read'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Sends a draft back to its drafter, with a reason. */
export const POST = handle(
  {
    permission: 'boundary.return',
    params: versionParams,
    input: returnInput,
    subject: async ({ db, params }) => {
      const of = await governedBy(db, params.slug)
      return { drafterId: (await versionOf(db, of, params.version)).draftedBy, ownerId: of?.ownerId ?? null }
    },
    transaction: false,
  },
  async ({ db, actor, params, input }) => {
    await close(db, actor, await governedBy(db, params.slug), params.version, 'returned', input.reason)
  },
  {
    then: (_, { params }) => paths.boundary(params.slug, params.version),
    say: (_, { params }) => ({ text: `Version ${String(params.version)} is sent back to its drafter.` }),
  },
)
