import Link from 'next/link'
import { placeAfter } from './place'

/** Which of many agents are listed, and where the others are. `page`: the address of the first ones. */
export function AgentPages({
  label,
  page,
  from,
  listed,
  all,
}: {
  label: string
  page: string
  /** how many come before those that are listed */ from: number
  listed: number
  all: number
}) {
  const after = from + listed
  const more = listed > 0 && after < all
  return (
    <nav className="under" aria-label={label}>
      {listed === 0
        ? `No agent comes after the first ${from.toLocaleString('en')}. `
        : `Agents ${(from + 1).toLocaleString('en')} to ${after.toLocaleString('en')} of ${all.toLocaleString('en')}; who has not answered comes first. `}
      {from > 0 && <Link href={page}>The first ones</Link>}
      {from > 0 && more && ' · '}
      {more && <Link href={placeAfter(page, after)}>The next ones</Link>}
    </nav>
  )
}
