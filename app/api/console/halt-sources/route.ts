import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { sourceInput } from '@/lib/halt/contract'
import { makeSource } from '@/lib/halt/manage-sources'
import { listSources } from '@/lib/halt/read-sources'
import { handle } from '@/lib/http/handle'
import { sessionConfig } from '@/lib/people/session-config'

/** The sources outside that may engage halts; no secret. */
export const GET = handle({ permission: 'halt_source.read' }, async ({ db }) => ({ sources: await listSources(db) }))

/** Makes one; its secret is answered this once. */
export const POST = handle(
  { permission: 'halt_source.manage', input: sourceInput },
  async ({ db, actor, input, now }) => {
    const { id, secret } = await makeSource(db, actor.id, input, now)
    const source = publicId('source', id)
    return { id: source, secret, url: `${sessionConfig().publicUrl}/api/v1/halts?source=${source}` }
  },
  {
    then: () => paths.haltSources(),
    say: ({ url, secret }) => ({
      text: `It sends to ${url} and signs with this secret, which is shown only now.`,
      secret,
    }),
  },
)
