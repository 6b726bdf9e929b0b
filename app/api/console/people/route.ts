import { handle } from '@/lib/http/handle'
import { listPeople } from '@/lib/people/read'

/** Everybody with an account. */
export const GET = handle({ permission: 'person.read' }, async ({ db }) => ({ people: await listPeople(db) }))
