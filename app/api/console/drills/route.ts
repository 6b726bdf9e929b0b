import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { drillInput, type DrillOutput } from '@/lib/halt/drill-contract'
import { planLiveDrill } from '@/lib/halt/plan-live-drill'
import { listDrills, readDrillCalendar } from '@/lib/halt/read-drills'
import { rehearse } from '@/lib/halt/rehearse'
import { handle } from '@/lib/http/handle'

/** The newest drills, and when the next is due. */
export const GET = handle({ permission: 'halt.read' }, async ({ db, now }) => {
  const [drills, calendar] = await Promise.all([listDrills(db), readDrillCalendar(db, now)])
  return { drills, calendar }
})

/** Begins a rehearsal, or plans a live drill (C33). */
export const POST = handle(
  { permission: 'drill.run', input: drillInput },
  async ({ actor, db, input, now }): Promise<DrillOutput> => {
    const { kind, of, note, seconds } = input
    const asked = { ...of, note, windowMs: seconds * 1_000, now }
    return kind === 'rehearsal'
      ? { id: publicId('drill', await rehearse(db, { ...asked, by: actor.id })), state: 'running' }
      : { id: publicId('drill', await planLiveDrill(db, { ...asked, actor })), state: 'planned' }
  },
  {
    then: ({ id }) => paths.drill(id),
    say: ({ state }) => ({
      text:
        state === 'running'
          ? 'The rehearsal has begun. Agents confirm; nothing stops.'
          : 'Planned. It begins when a second person signs it.',
    }),
    back: () => paths.drills(),
  },
)
