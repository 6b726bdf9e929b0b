import { slugParams } from '@/lib/boundary/contract'
import { governedBy, standingOf } from '@/lib/boundary/read'
import { digestText } from '@/lib/core/digest-text'
import { handle } from '@/lib/http/handle'

/** What governs an agent (or, as `baseline`, everybody): the texts in force and in draft, with their digests. */
export const GET = handle({ permission: 'boundary.read', params: slugParams }, async ({ db, params }) => {
  const { inForce, draft } = await standingOf(db, await governedBy(db, params.slug))
  const textOf = (version: typeof inForce) =>
    version && {
      version: version.version,
      digest: digestText(version.digest),
      source: version.source,
      drafter: version.drafter,
      drafted_at: version.draftedAt,
      signer: version.signer,
      signed_at: version.signedAt,
    }
  return { slug: params.slug, in_force: textOf(inForce), draft: textOf(draft) }
})
