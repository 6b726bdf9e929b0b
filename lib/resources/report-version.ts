import { newId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import type { VersionInput } from './contract'
import { reportedResource } from './reporter'
import { insertVersion, listVersions } from './store'

/**
 * Records which version of a protected resource is in force, as its reporter says. The same digest again is answered with the
 * entry that says it already, so that a system may report as often as it likes. Run it in a transaction.
 * @returns the entry that says so (a UUID)
 * @throws Fault `not_found`
 */
export async function reportVersion(
  db: Db,
  agentId: string,
  resource: { type: string; name: string },
  { digest, version }: VersionInput,
  now: Date,
): Promise<{ id: string }> {
  const found = await reportedResource(db, agentId, resource.type, resource.name)
  const [last] = await listVersions(db, found.id, 1)
  if (last?.digest === digest) return { id: last.id }
  const id = newId(now.getTime())
  await insertVersion(db, {
    id,
    resourceId: found.id,
    digest: Buffer.from(digest.slice('sha256:'.length), 'hex'),
    reporterId: agentId,
  })
  await append(db, {
    id,
    kind: 'resource.version_reported',
    actor: 'agent',
    agent: agentId,
    owner: found.owner_id,
    about: { resource: found.id },
    labels: [found.kind],
    payload: { digest, version: version ?? null },
    projection: { resource_type: found.type, resource_id: found.name, sentence: version ?? null },
  })
  return { id }
}
