import { paths } from '@/lib/core/paths'
import { DRILL_SCOPES } from '@/lib/halt/drill'
import { drillScheduleInput } from '@/lib/halt/drill-contract'
import type { DrillSchedule } from '@/lib/halt/drill-schedule'
import { scheduleDrills } from '@/lib/halt/schedule-drills'
import { handle } from '@/lib/http/handle'

/** Says when drills are due. */
export const POST = handle(
  { permission: 'drill.schedule', input: drillScheduleInput },
  ({ actor, db, input, now }): Promise<DrillSchedule> => {
    const { of, targetSeconds, ...when } = input
    const scope = SCOPES.find((each) => each === of.scope) ?? 'organisation'
    return scheduleDrills(db, actor, { ...when, scope, named: of.named, targetMs: targetSeconds * 1_000 }, now)
  },
  { then: () => paths.drills(), say: () => ({ text: 'The schedule is in force.' }), back: () => paths.drills() },
)

/** What the contract lets through: a schedule is of no single agent. */
const SCOPES = DRILL_SCOPES.filter((scope) => scope !== 'agent')
