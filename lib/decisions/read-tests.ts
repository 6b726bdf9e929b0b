import { publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { listTests, newestPlan, type PlanRow, type TestRow } from './store-planted'
import type { Flaw, Found } from './test-request'

const MONTHS = 6
const MOST = 2_000
const LISTED = 50

/** How many of the tests answered in some time were found. */
export type Score = { found: number; missed: number }

/** One test as its reader may see it. `person` is null for everybody but a ciso and whoever answered it. */
export type TestLine = {
  /** `apr_…`; null while nobody was asked */
  approval: string | null
  agent: string
  flaw: Flaw
  by: string
  opensAt: string
  person: string | null
  found: Found | null
  status: TestRow['status']
}

export type TestsView = {
  /** `2027-03`, oldest first */
  months: readonly string[]
  /** by the team of whoever answered, by name; one score a month, and the sum */
  teams: readonly { team: string; months: readonly Score[]; all: Score }[]
  all: Score
  unanswered: number
  /** all of them for cisos and auditors, also those that wait; for others those they answered */
  lines: readonly TestLine[]
  plan: Pick<PlanRow, 'perMonth' | 'flaws' | 'teams' | 'people' | 'by' | 'setAt'> | null
}

/** How test requests were answered in the last months, as one person may see it (ADR 0035). */
export async function readTests(db: Db, actor: Actor, now: Date): Promise<TestsView> {
  const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + 1, 1))
  const rows = await listTests(db, first, MOST)
  const months = Array.from({ length: MONTHS }, (_, at) =>
    new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + at, 1)).toISOString().slice(0, 7),
  )
  const answered = rows.filter(({ found }) => found === 'found' || found === 'missed')
  const teams = [...new Set(answered.map(teamOf))].toSorted()
  const all = can(actor, 'attention.read_people').ok
  const names = can(actor, 'attention.govern').ok
  return {
    months,
    teams: teams.map((team) => {
      const theirs = answered.filter((row) => teamOf(row) === team)
      return {
        team,
        months: months.map((month) => scoreOf(theirs.filter((row) => monthOf(row) === month))),
        all: scoreOf(theirs),
      }
    }),
    all: scoreOf(answered),
    unanswered: rows.filter(({ found }) => found === 'unanswered').length,
    lines: rows
      .filter(({ personId }) => all || personId === actor.id)
      .slice(0, LISTED)
      .map((row) => ({
        approval: row.approval === null ? null : publicId('approval', row.approval),
        agent: row.agent,
        flaw: row.flaw,
        by: row.plantedBy ?? 'the plan',
        opensAt: row.opensAt.toISOString(),
        person: names || row.personId === actor.id ? row.person : null,
        found: row.found,
        status: row.status,
      })),
    plan: await newestPlan(db),
  }
}

const teamOf = ({ team }: TestRow): string => team ?? 'no team'
const monthOf = ({ opensAt }: TestRow): string => opensAt.toISOString().slice(0, 7)

function scoreOf(rows: readonly TestRow[]): Score {
  const found = rows.filter((row) => row.found === 'found').length
  return { found, missed: rows.length - found }
}
