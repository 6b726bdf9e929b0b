import { notFound, redirect } from 'next/navigation'
import { governedBy, standingOf } from '@/lib/boundary/read'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { signedIn } from '@/lib/people/session-read'

/** The boundary of an agent, without a version: the one in force, else the one that waits, else the place to draft it. */
export default async function BoundaryOfPage({ params }: { params: Promise<{ slug: string }> }) {
  await signedIn()
  const { slug } = await params
  const of = await governedBy(db(), slug).catch((error: unknown) => {
    if (isFault(error)) notFound()
    throw error
  })
  const { inForce, draft } = await standingOf(db(), of)
  const version = inForce?.version ?? draft?.version
  redirect(version === undefined ? paths.draftBoundary(slug) : paths.boundary(slug, version))
}
