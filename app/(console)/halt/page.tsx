import type { Metadata } from 'next'
import { EngagePanel } from '@/components/halt/engage-panel'
import type { Chosen } from '@/components/halt/engage-words'
import { HaltAside } from '@/components/halt/halt-aside'
import { HaltFold } from '@/components/halt/halt-fold'
import { HaltHistory } from '@/components/halt/halt-history'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { NotLive } from '@/components/shell/live'
import { Columns, Main, PageHead, Section } from '@/components/shell/page'
import { FormErrors } from '@/components/ui/form-errors'
import { answererOf } from '@/lib/approvals/read'
import { db } from '@/lib/db/client'
import { haltableAgents, haltReach, readHaltsInForce, recentHalts, type HaltInForce } from '@/lib/halt/read'
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
  const [halts, recent, onCall, agents, flash] = await Promise.all([
    readHaltsInForce(db(), answererOf(actor), now),
    recentHalts(db(), 20),
    readOnCall(db(), now),
    haltableAgents(db()),
    said(searchParams),
  ])
  const chosen = await choose(await searchParams, agents, halts)
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
          <EngagePanel chosen={chosen} agents={agents} active={agents.length} may={may} />
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
async function choose(
  search: Awaited<Search>,
  agents: readonly string[],
  halts: readonly HaltInForce[],
): Promise<Chosen | null> {
  const { scope, agent } = search
  if (scope === 'organisation') {
    const standing = halts.find((halt) => halt.scope === 'organisation')?.id ?? null
    return { scope, agent: null, reach: await haltReach(db()), standing }
  }
  if (scope !== 'agent') return null
  const slug = typeof agent === 'string' && agents.includes(agent) ? agent : null
  const standing = halts.find((halt) => halt.scope === 'agent' && halt.agent === slug)?.id ?? null
  const reach = slug === null ? { agents: 0, runs: 0, held: 0, grants: 0 } : await haltReach(db(), slug)
  return { scope, agent: slug, reach, standing: slug === null ? null : standing }
}

function headline(inForce: number): string {
  if (inForce === 0) return 'Nothing is halted.'
  return inForce === 1 ? 'One halt is in force.' : `${inForce} halts are in force.`
}
