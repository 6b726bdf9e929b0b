import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { percentile, timed, type Figure, type Run } from './bench'
import { benchDatabase } from './database'
import { AGENTS, fillLarge, HALT_ID, RUNS, VIEWER_ID } from './large-installation'
import { readStandings } from '@/lib/agents/read-grade'
import { answererOf } from '@/lib/approvals/read'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { haltable, haltReach } from '@/lib/halt/read'
import { readDrillStanding } from '@/lib/halt/read-drills'
import { readHaltCounts, readHaltHistory } from '@/lib/halt/read-history'
import { AGENTS_PAGE, readHaltInForce, readHaltsInForce } from '@/lib/halt/read-in-force'
import { readShell } from '@/lib/http/shell'
import type { Actor } from '@/lib/people/actor'
import { readOnCall } from '@/lib/people/read-on-call'

const ROUNDS = 15
/** People who look while thousands confirm. */
const LOOKING = 20
const BUDGET_MS = 150

const viewer: Actor = {
  id: VIEWER_ID,
  name: 'Bench',
  email: 'bench@bench.example',
  roles: ['analyst'],
  teamId: null,
  team: null,
  onCall: false,
  deactivated: false,
  readOnly: false,
  via: { kind: 'session', id: VIEWER_ID },
}

/**
 * The pages of the kill switch in a large installation under a halt of everything: what each reads, turn by turn in one process on one Postgres, against
 * reading the bare rows they are about, which is what they did before they counted in the database.
 */
export const run: Run = async ({ root }) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bench-halt-page-'))
  const database = await benchDatabase(root, folder)
  try {
    await fillLarge(database.superuser)
    const took = {
      bare: [] as number[],
      one: [] as number[],
      all: [] as number[],
      frame: [] as number[],
      looking: [] as number[],
    }
    // the first two warm
    for (let round = -2; round < ROUNDS; round++) {
      const each = {
        bare: await timed(bareRows),
        one: await timed(pageOfOne),
        all: await timed(pageOfAll),
        frame: await timed(() => readShell(db(), viewer, new Date())),
        looking: await timed(() =>
          Promise.all(Array.from({ length: LOOKING }, () => readShell(db(), viewer, new Date()))),
        ),
      }
      if (round >= 0) for (const name of Object.keys(took) as (keyof typeof took)[]) took[name].push(each[name])
    }
    const of = `${AGENTS.toLocaleString('en')} agents, ${RUNS.toLocaleString('en')} runs`
    const ms = (figure: string, values: readonly number[]): Figure => ({
      figure,
      value: percentile(values, 0.5),
      unit: 'ms',
    })
    const against = (figure: Figure, ceiling: number): Figure => ({ ...figure, ceiling, ratio: figure.value / ceiling })
    const bare = percentile(took.bare, 0.5)
    const within = (figure: Figure): Figure => ({ ...figure, budget: { at: 'most', is: BUDGET_MS } })
    return [
      ms(`the bare rows of ${of}, median`, took.bare),
      within(ms('the page of one halt is read, median', took.one)),
      against(ms('the same ÷ the bare rows', took.one), bare),
      within(ms('the page of all halts with what another would stop, median', took.all)),
      against(ms('the same ÷ the bare rows', took.all), bare),
      within(ms('the frame of every page, median', took.frame)),
      against(ms(`${String(LOOKING)} frames at once ÷ one`, took.looking), percentile(took.frame, 0.5)),
    ]
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const bareRows = () =>
  Promise.all([
    db()
      .$queryRaw`SELECT a.id, a.slug, a.owner_id, p.name FROM agent a JOIN person p ON p.id = a.owner_id ORDER BY a.slug`,
    db().$queryRaw`SELECT id, agent_id, host, renews, opened_at, closed_at, lease_until FROM run`,
    db().$queryRaw`SELECT agent_id, at FROM halt_acknowledgement`,
  ])

/** What app/(console)/halt/[id] reads. */
async function pageOfOne(): Promise<void> {
  const now = new Date()
  const [halt] = await Promise.all([
    readHaltInForce(db(), HALT_ID, answererOf(viewer), now),
    haltable(db()),
    readOnCall(db(), now),
  ])
  if (halt?.agents.length !== AGENTS_PAGE) throw new Error('the page did not list its agents')
  await readStandings(
    db(),
    halt.agents.map(({ agentId }) => agentId),
    now,
  )
}

/** What app/(console)/halt reads, with an environment chosen. */
async function pageOfAll(): Promise<void> {
  const now = new Date()
  const [halts] = await Promise.all([
    readHaltsInForce(db(), answererOf(viewer), now),
    readHaltHistory(db(), { state: 'lifted' }, 5),
    readHaltCounts(db()),
    readOnCall(db(), now),
    haltable(db()),
    readDrillStanding(db()),
  ])
  if (halts[0]?.agents !== AGENTS) throw new Error('the page did not count its agents')
  await haltReach(pool('app'), 'environment', { environment: 'production' }, now)
}
