import type { Db } from '@/lib/db/client'
import { publicId } from '@/lib/core/ids'
import { eventRows, linkRows, providerRows, type EventRow } from './store'

/** An identity provider as screens show it. `id` is `idp_…`. */
export type ProviderView = {
  id: string
  name: string
  issuer: string
  audience: string
  jwksUrl: string
  private: boolean
  createdAt: Date
  /** whom of theirs we know by another name than their address */
  linked: { subject: string; name: string }[]
}

/** The providers that are heard, and what came last, newest first. */
export async function readProviders(db: Db): Promise<{ providers: ProviderView[]; events: EventRow[] }> {
  const [providers, links, events] = await Promise.all([providerRows(db), linkRows(db), eventRows(db, 50)])
  return {
    providers: providers.map(({ id, ...provider }) => ({
      ...provider,
      id: publicId('provider', id),
      linked: links.filter(({ providerId }) => providerId === id).map(({ subject, name }) => ({ subject, name })),
    })),
    events,
  }
}
