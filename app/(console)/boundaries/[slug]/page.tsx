import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import { BaselineEmpty } from '@/components/boundary/baseline-empty'
import { readBaselineEmpty } from '@/lib/boundary/read-baseline'
import { governedBy, standingOf } from '@/lib/boundary/read'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Baseline' }

/**
 * The boundary of an agent, without a version: the one in force, else the one that waits, else the place to draft it. The baseline has
 * a page of its own until there is one.
 */
export default async function BoundaryOfPage({ params }: { params: Promise<{ slug: string }> }) {
  const actor = await signedIn()
  const { slug } = await params
  const of = await governedBy(db(), slug).catch((error: unknown) => {
    if (isFault(error)) notFound()
    throw error
  })
  const { inForce, draft } = await standingOf(db(), of)
  const version = inForce?.version ?? draft?.version
  if (version === undefined && of === null)
    return <BaselineEmpty may={can(actor, 'baseline.draft')} {...await readBaselineEmpty(db())} />
  redirect(version === undefined ? paths.draftBoundary(slug) : paths.boundary(slug, version))
}
