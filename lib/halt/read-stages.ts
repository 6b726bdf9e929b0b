import type { ApprovalView } from '@/lib/approvals/read'
import { parsePublicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import { nameOfHalt } from './lift-request'
import {
  liftableFrom,
  liftSteps,
  type LiftStage,
  stageRefusal,
  type StageRefusal,
  type StageShown,
} from './staged-lift'
import type { HaltRow } from './store'
import { findLiftRequest, findStages, type StageRow } from './store-stages'

/** One stage of a lift as screens show it. `endedHow` null: it stands. */
export type StageView = {
  stage: 'agent' | 'team'
  name: string
  begunAt: Date
  endedAt: Date | null
  endedHow: StageRow['ended_how']
  shown: StageShown
  agents: string[]
}

/** How far the lift of a halt has come, and what may be done next. */
export type LiftProgress = {
  /** what lifting all of it takes typing */
  name: string
  stages: StageView[]
  steps: readonly (LiftStage | 'stop')[]
  /** why the next stage may not be proposed yet */
  waits: StageRefusal | null
  /** when it may be proposed at all; null: not before a server has recorded it */
  liftableFrom: Date | null
  /** what the open request asks to let go, by the name that is typed */
  asked: { stage: LiftStage; name: string } | null
}

/** How far the lift of a halt in force has come. */
export async function readLiftProgress(
  sql: Sql,
  row: HaltRow,
  open: Pick<ApprovalView, 'id'> | null,
  now: Date,
): Promise<LiftProgress> {
  const [stages, asked] = await Promise.all([
    stagesOf(sql, row.id),
    open === null ? null : findLiftRequest(sql, parsePublicId('approval', open.id)),
  ])
  const standing = stages.find(({ endedAt }) => endedAt === null)
  const name = nameOfHalt(row)
  return {
    name,
    stages,
    steps: liftSteps(row.scope, row.stage ?? 'whole'),
    waits: standing === undefined ? null : stageRefusal(standing.shown, standing.begunAt, now),
    liftableFrom: liftableFrom({
      fromDatabase: row.from_database,
      recorded: row.recorded,
      engagedAt: row.engaged_at,
    }),
    asked: open === null ? null : { stage: asked?.stage ?? 'all', name: asked?.name ?? name },
  }
}

/** The stages of one halt, oldest first. `haltId` is the bare UUID. */
export async function stagesOf(sql: Sql, haltId: string): Promise<StageView[]> {
  return (await findStages(sql, [haltId])).map(
    ({ stage, name, begun_at: begunAt, ended_at: endedAt, ended_how: endedHow, shown, agents }) => {
      const { open_alerts: openAlerts, ...rest } = shown
      return {
        ...{ stage, name, begunAt, endedAt, endedHow },
        shown: { ...rest, openAlerts },
        agents: agents.map(({ slug }) => slug),
      }
    },
  )
}
