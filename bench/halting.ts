import { parsePublicId } from '@/lib/core/ids'
import type { WholeServer } from './whole-server'

/** Halts the organisation at the console; answers the halt's id. */
export async function engageAll({ analyst }: WholeServer): Promise<string> {
  const { id } = await analyst.post<{ id: string }>('/api/console/halts', { scope: 'organisation' })
  return id
}

/** Asks to lift it, as the first of two; answers the digest the second one agrees with. */
export async function liftAsked({ analyst, superuser }: WholeServer, id: string): Promise<string> {
  await analyst.post(`/api/console/halts/${id}/lift`, {
    reason: 'It was a measurement.',
    typed: 'organisation',
  })
  const { rows } = await superuser.query<{ digest: string }>(
    `SELECT 'sha256:' || encode(digest, 'hex') AS digest FROM approval WHERE subject_id = $1 AND status = 'pending'`,
    [parsePublicId('halt', id)],
  )
  return rows[0]?.digest ?? ''
}

/** Agrees, as the second: it is lifted. */
export async function liftAll({ ciso }: WholeServer, id: string, digest: string): Promise<void> {
  await ciso.post(`/api/console/halts/${id}/lift`, { reason: 'It was.', typed: 'organisation', digest })
}
