import type { Metadata } from 'next'
import Link from 'next/link'
import { DrillWords } from '@/components/halt/drill-standing'
import { EngagePanel } from '@/components/halt/engage-panel'
import { CHOICES, type Chosen } from '@/components/halt/engage-words'
import { HaltAside } from '@/components/halt/halt-aside'
import { HaltFold } from '@/components/halt/halt-fold'
import { HaltHistory } from '@/components/halt/halt-history'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { NotLive } from '@/components/shell/live'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Empty } from '@/components/ui/empty'
import { FormErrors } from '@/components/ui/form-errors'
import { answererOf } from '@/lib/approvals/read'
import { ENVIRONMENTS } from '@/lib/agents/agent'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { haltable, haltReach, namesLike } from '@/lib/halt/read'
import { readHaltsInForce } from '@/lib/halt/read-in-force'
import { readDrillStanding } from '@/lib/halt/read-drills'
import { readHaltCounts, readHaltHistory } from '@/lib/halt/read-history'
import { can } from '@/lib/people/permission'
import { readOnCall } from '@/lib/people/read-on-call'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Halt' }

/** Lifted halts on this page; all of them are one click on. */
const SHOWN = 5

type Search = Promise<Record<string, string | string[] | undefined>>

/** The kill switch: stop first, then what is stopped. All of it works without JavaScript. */
export default async function HaltPage({ searchParams }: { searchParams: Search }) {
  const actor = await signedIn()
  const now = new Date()
  const search = await searchParams
  const [halts, past, counts, onCall, names, drill, flash] = await Promise.all([
    readHaltsInForce(db(), answererOf(actor), now),
    readHaltHistory(db(), { state: 'lifted' }, SHOWN),
    readHaltCounts(db()),
    readOnCall(db(), now),
    haltable(db()),
    readDrillStanding(db()),
    said(searchParams),
  ])
  const chosen = await choose(search, now)
  const may = can(actor, 'halt.engage')
  return (
    <Main>
      <LiveRefresh topic={['halts', 'agents', 'people']} />
      <NotLive consequence="What is in force may have changed. Engaging works all the same." />
      <PageHead
        title={headline(halts.length)}
        lead="A halt stops agents now, with no deploy and no ticket. Anyone on call, any analyst and any ciso may engage one. Lifting takes two."
      />
      {flash?.errors && <FormErrors errors={flash.errors} />}
      <Columns
        label="Who and how"
        aside={
          <HaltAside onCall={onCall}>
            <Block title="Drills">
              <p>
                <DrillWords drill={drill} overdue={null} /> <Link href={paths.drills()}>All drills</Link>
              </p>
            </Block>
          </HaltAside>
        }
      >
        <Section id="stop" title="Stop agents" aside={may.ok ? 'you may' : may.reason}>
          <EngagePanel
            chosen={chosen}
            names={{ ...names, environment: { count: ENVIRONMENTS.length, names: ENVIRONMENTS } }}
            active={names.agent.count}
            may={may}
            asked={search.asked === '1'}
          />
        </Section>
        {halts.length > 0 && (
          <Section id="in-force" title="In force" aside={halts.length === 1 ? '1 halt' : `${halts.length} halts`}>
            {halts.map((halt) => (
              <HaltFold key={halt.id} halt={halt} now={now} />
            ))}
          </Section>
        )}
        <Section
          id="history"
          title="Lifted"
          aside={past.rows.length === 0 ? undefined : 'the newest'}
          right={counts.all > 0 && <Link href={paths.halts()}>All halts</Link>}
        >
          {past.rows.length > 0 ? (
            <HaltHistory halts={past.rows} now={now.getTime()} label="The newest halts that were lifted" />
          ) : (
            <Empty
              kind="never"
              title="No halt was lifted yet."
              learn={{ href: paths.runbook(), words: 'Read the runbook' }}
            >
              Once two people lifted one, it shows here with how long it held and who confirmed.
            </Empty>
          )}
        </Section>
      </Columns>
    </Main>
  )
}

/** What the address chose, with what it would stop now; null while nothing is chosen. */
async function choose(search: Awaited<Search>, now: Date): Promise<Chosen | null> {
  const choice = CHOICES.find(({ scope }) => scope === search.scope)
  if (choice === undefined) return null
  const { scope } = choice
  const said = scope === 'organisation' ? undefined : search[scope]
  const name = typeof said === 'string' && said !== '' ? said : null
  if (scope !== 'organisation' && name === null) return { scope, name, reach: null, standing: null, like: [] }
  const found = await haltReach(pool('app'), scope, name === null ? {} : { [scope]: name }, now)
  const open = found === null && name !== null && scope !== 'organisation' && scope !== 'environment'
  const like = open ? await namesLike(db(), scope, name) : []
  return { scope, name, reach: found, standing: found?.standing ?? null, like }
}

function headline(inForce: number): string {
  if (inForce === 0) return 'Nothing is halted.'
  return inForce === 1 ? 'One halt is in force.' : `${inForce} halts are in force.`
}
