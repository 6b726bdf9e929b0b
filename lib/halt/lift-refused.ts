import { isFault } from '@/lib/core/fault'
import { countTry } from '@/lib/db/throttle'
import { reservedDb } from '@/lib/db/urgent'
import { append } from '@/lib/ledger/append'
import type { Actor } from '@/lib/people/actor'
import { aboutHalt } from './about-halt'
import { findHalt } from './store'

/** Refusals an hour and person that become entries: enough to see what was tried, too few to fill the log. */
const MOST_RECORDED = 30
const WINDOW_SECONDS = 3_600
/** What is no refusal of a lift, but of serving at all. */
const OURS: ReadonlySet<string> = new Set(['unavailable', 'internal', 'cannot_record'])

/**
 * Does what lifts, or ends a lift, and records that it was refused, apart from everything that was rolled back, and on the reserved connections: whoever
 * stops a lift in vain is told so also while no other can be had. Nothing is recorded about a halt there never was. That it could not be
 * recorded makes a refusal no less of one.
 */
export async function recordingRefusals<T>(
  { haltId, actor, now }: { haltId: string; actor: Actor; now: Date },
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (isFault(error) && !OURS.has(error.code))
      await record(haltId, actor, now, [error.code, error.field ?? null]).catch((why: unknown) => {
        console.error('a refusal about a halt could not be recorded:', why)
      })
    throw error
  }
}

async function record(haltId: string, actor: Actor, now: Date, [code, field]: [string, string | null]): Promise<void> {
  const db = reservedDb()
  const halt = await findHalt(db, haltId)
  if (halt === null) return
  if ((await countTry(db, `lift:refused:${actor.id}`, WINDOW_SECONDS, now)) > MOST_RECORDED) return
  const { labels, ...about } = aboutHalt(halt)
  await append(db, {
    kind: 'halt.lift_refused',
    actor: `person:${actor.id}`,
    ...about,
    labels: [...labels, code, ...(field === null ? [] : [`field_${field}`])],
    about: { halt: haltId },
  })
}
