import type { Metadata } from 'next'
import { EngagePanel } from '@/components/halt/engage-panel'
import { CHOICES, type Chosen } from '@/components/halt/engage-words'
import { HaltAside } from '@/components/halt/halt-aside'
import { HaltFold } from '@/components/halt/halt-fold'
import { HaltHistory } from '@/components/halt/halt-history'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { NotLive } from '@/components/shell/live'
import { Columns, Main, PageHead, Section } from '@/components/shell/page'
import { FormErrors } from '@/components/ui/form-errors'
import { answererOf } from '@/lib/approvals/read'
import { ENVIRONMENTS } from '@/lib/agents/agent'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { haltable, haltReach, readHaltsInForce, recentHalts } from '@/lib/halt/read'
import { can } from '@/lib/people/permission'
import { readOnCall } from '@/lib/people/read-on-call'
import { signedIn } from '@/lib/people/session-read'
import { said } from '@/lib/people/session-said'

export const metadata: Metadata = { title: 'Halt' }

type Search = Promise<Record<string, string | string[] | undefined>>

/** The kill switch: stop first, then what is stopped. All of it works without JavaScript. */
export default async function HaltPage({ searchParams }: { searchParams: Search }) {
  const actor = await signedIn()
  const now = new Date()
  const [halts, recent, onCall, names, flash] = await Promise.all([
    readHaltsInForce(db(), answererOf(actor), now),
    recentHalts(db(), 20),
    readOnCall(db(), now),
    haltable(db()),
    said(searchParams),
  ])
  const chosen = await choose(await searchParams)
  const lifted = recent.filter((halt) => halt.liftedAt !== null)
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
      <Columns label="Who and how" aside={<HaltAside onCall={onCall} />}>
        <Section id="stop" title="Stop agents" aside={may.ok ? 'you may' : may.reason}>
          <EngagePanel
            chosen={chosen}
            names={{ ...names, environment: ENVIRONMENTS }}
            active={names.agent.length}
            may={may}
          />
        </Section>
        {halts.length > 0 && (
          <Section id="in-force" title="In force" aside={halts.length === 1 ? '1 halt' : `${halts.length} halts`}>
            {halts.map((halt) => (
              <HaltFold key={halt.id} halt={halt} />
            ))}
          </Section>
        )}
        {lifted.length > 0 && (
          <Section id="lifted" title="Lifted">
            <HaltHistory halts={lifted} />
          </Section>
        )}
      </Columns>
    </Main>
  )
}

/** What the address chose, with what it would stop now; null while nothing is chosen. */
async function choose(search: Awaited<Search>): Promise<Chosen | null> {
  const choice = CHOICES.find(({ scope }) => scope === search.scope)
  if (choice === undefined) return null
  const { scope } = choice
  const said = scope === 'organisation' ? undefined : search[scope]
  const name = typeof said === 'string' && said !== '' ? said : null
  if (scope !== 'organisation' && name === null) return { scope, name, reach: null, standing: null }
  const found = await haltReach(pool('app'), scope, name === null ? {} : { [scope]: name })
  return { scope, name, reach: found, standing: found?.standing ?? null }
}

function headline(inForce: number): string {
  if (inForce === 0) return 'Nothing is halted.'
  return inForce === 1 ? 'One halt is in force.' : `${inForce} halts are in force.`
}
