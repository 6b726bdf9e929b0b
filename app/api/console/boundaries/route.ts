import { listBoundaries } from '@/lib/boundary/read'
import { handle } from '@/lib/http/handle'

/** Every boundary: what is in force, and what waits for a signature. */
export const GET = handle({ permission: 'boundary.read' }, async ({ db, now }) => ({
  boundaries: await listBoundaries(db, now),
}))
