import type { Surface, ToolClass } from '@/lib/tools/tool'
import { stakesOf } from '@/lib/tools/tool'
import { STAKES, type Stakes } from './stakes-order'

export type StakesFacts = {
  /** what a person confirmed about the tool; null where nobody did */
  class: ToolClass | null
  /** what the tool is a way to, as the boundary's surfaces judge it; null for any other tool */
  surface: Surface | null
  /** every hold recorded with it */
  codes: readonly string[]
  /** it addresses a resource marked as protected (C21) */
  guarded: boolean
}

/** What each surface puts at stake by itself, where nobody classed its tool: a file in a workspace can be put back, a command need not. */
const OF_SURFACE: Readonly<Record<Surface, Stakes>> = { data: 'low', code: 'medium', commands: 'high' }

/**
 * How much is at stake in a held action (C22): decides the order of the inbox, whether several may be answered at once, whether
 * an approval needs a reason, and a passkey. Unknown is never low: a tool that nobody classed counts as high. Two of the things that
 * cannot be taken back together, or one of them on a protected resource, are critical; content nobody vouches for raises whatever it is
 * by one.
 */
export function stakesLevel({ class: known, surface, codes, guarded }: StakesFacts): Stakes {
  const told = known === null ? [] : stakesOf(known)
  const grave = told.filter((one) => one === 'irreversible' || one === 'production' || one === 'spends_money').length
  const surely = surface === null ? (known === null ? 'high' : 'low') : known === null ? OF_SURFACE[surface] : 'low'
  const levels: Stakes[] = [
    surely,
    told.length > 0 ? 'medium' : 'low',
    grave > 0 ? 'high' : 'low',
    grave > 1 ? 'critical' : 'low',
    guarded ? (grave > 0 ? 'critical' : 'high') : 'low',
    codes.includes('limit_reached') ? 'medium' : 'low',
  ]
  const highest = levels.reduce((a, b) => (atLeast(a, b) ? a : b))
  return codes.includes('untrusted_content') ? (STAKES[STAKES.indexOf(highest) + 1] ?? 'critical') : highest
}

/** Whether a level is another, or higher. */
export function atLeast(level: Stakes, least: Stakes): boolean {
  return STAKES.indexOf(level) >= STAKES.indexOf(least)
}

/** The level at a place in the list, as the database keeps it; what this version does not know is critical. */
export function stakesAt(place: number): Stakes {
  return STAKES[place] ?? 'critical'
}
