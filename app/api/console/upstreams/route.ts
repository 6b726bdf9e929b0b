import { paths } from '@/lib/core/paths'
import { publicId } from '@/lib/core/ids'
import { handle } from '@/lib/http/handle'
import { proposeInput } from '@/lib/upstreams/contract'
import { proposeUpstream } from '@/lib/upstreams/propose'
import { listUpstreams } from '@/lib/upstreams/read'

/** Every server agents reach, or once did; no secret. */
export const GET = handle({ permission: 'upstream.read' }, async ({ db }) => ({
  upstreams: (await listUpstreams(db)).map((one) => ({
    ...{ id: publicId('upstream', one.id), name: one.name, state: one.state, transport: one.transport },
    ...{ address: one.address, reach: one.reach, production: one.production, trusted: one.trusted },
    ...{ owner: publicId('person', one.ownerId), digest: one.digest, credential: one.credential },
  })),
}))

/** Proposes a server; where it can write to nothing in production, that connects it. */
export const POST = handle(
  { permission: 'upstream.propose', input: proposeInput, transaction: false },
  async ({ db, actor, input, now }) => {
    const { id, name, connected } = await proposeUpstream(db, actor, input, now)
    return { id: publicId('upstream', id), name, connected }
  },
  {
    then: ({ name }) => paths.upstream(name),
    say: ({ name, connected }) => ({
      text: connected
        ? `${name} is connected. Agents whose boundary reaches it may call it.`
        : `${name} waits for a ciso to sign for it.`,
    }),
    back: () => paths.upstreams({ act: 'connect' }),
  },
)
