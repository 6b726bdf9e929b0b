import { handle } from '@/lib/http/handle'
import { sessionsOf } from '@/lib/people/read-own'

/** Who asks, and by what: a browser, a command line they logged in (until when), or an API token. */
export const GET = handle({ permission: 'console.read' }, async ({ db, actor, now }) => {
  const session = (await sessionsOf(db, actor.id, now)).find(({ id }) => id === actor.via.id)
  const { id, name, email, roles, team, onCall, via } = actor
  return {
    person: { id, name, email, roles, team, on_call: onCall },
    via: via.kind,
    machine: session?.machine ?? null,
    expires_at: session?.expiresAt.toISOString() ?? null,
  }
})
