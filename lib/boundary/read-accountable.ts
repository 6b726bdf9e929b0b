import type { Db } from '@/lib/db/client'
import { type Boundary, CATEGORIES, type Category } from './boundary'

/**
 * Who answers for one category of action (C04). `said` is the boundary's word; `by` whom its entries will name: a person or a team of
 * that name, or the agent's owner where nothing is said or nobody is called that.
 */
export type Answerable = { category: Category; said: string | null; by: string; falls: 'named' | 'owner' | 'unknown' }

/** Every category with who answers for it, as the signer must see it. */
export async function readAnswerable(db: Db, document: Boundary, ownerId: string): Promise<Answerable[]> {
  const words = [...new Set(Object.values(document.accountable))]
  const [owner, people, teams] = await Promise.all([
    db.person.findUnique({ where: { id: ownerId }, select: { name: true } }),
    db.person.findMany({
      where: { email: { in: words.map((word) => word.toLowerCase()) } },
      select: { name: true, email: true },
    }),
    db.team.findMany({ where: { name: { in: words } }, select: { name: true } }),
  ])
  const named = (word: string) =>
    people.find(({ email }) => email === word.toLowerCase())?.name ??
    teams.find(({ name }) => name === word)?.name ??
    null
  return CATEGORIES.map((category): Answerable => {
    const said = document.accountable[category] ?? null
    const found = said === null ? null : named(said)
    return {
      category,
      said,
      by: found ?? owner?.name ?? 'the owner',
      falls: said === null ? 'owner' : found === null ? 'unknown' : 'named',
    }
  })
}
