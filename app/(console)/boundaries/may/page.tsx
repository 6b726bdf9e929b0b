import type { Metadata } from 'next'
import Link from 'next/link'
import { BoundaryTabs } from '@/components/boundary/boundary-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { MayAnswers } from '@/components/trials/may-answers'
import { MayForm } from '@/components/trials/may-form'
import { WhoTable } from '@/components/trials/who-table'
import { Empty } from '@/components/ui/empty'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { pool } from '@/lib/db/pool'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { signedIn } from '@/lib/people/session-read'
import { toolNamesAfter } from '@/lib/tools/read-names'
import { countUnconfirmed } from '@/lib/tools/read'
import { resolveTool } from '@/lib/tools/tool'
import { MAY_FIELDS, mayValues, readMay, type MayError, type MayValues } from '@/lib/trials/may-contract'
import { MOST_AGENTS, whoMay, type WhoMay } from '@/lib/trials/who-may'

export const metadata: Metadata = { title: 'Who may' }

const OFFERED = 500
/** In words, so that two thousand agents are not read as all. */
const MOST = MOST_AGENTS.toLocaleString('en')

/** "Which agents may do this to that?" The question is the address; asking it records nothing. */
export default async function WhoMayPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  await signedIn()
  const params = await searchParams
  const from = typeof params.from === 'string' ? params.from.slice(0, 63) : ''
  const values = mayValues(params)
  const [names, unconfirmed] = await Promise.all([toolNamesAfter(db(), '', OFFERED), countUnconfirmed(db())])
  const asked = MAY_FIELDS.some((field) => values[field] !== '')
  const read = readMay(values, 'agents')
  const lacking: MayError[] = [{ field: 'tool', detail: 'Say which tool: crm.refund_request.' }]
  const errors = !asked ? [] : !read.ok ? read.errors : read.tool === null ? lacking : []
  const found =
    read.ok && read.tool !== null
      ? await whoMay(db(), pool('app'), read.tool, read.call, read.view, { from, now: new Date() })
      : null
  const at = (over: Partial<MayValues> & { from?: string }) => paths.whoMay({ ...values, from, ...over })
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.boundaries()}>Boundaries</Link>}
        title={found === null ? 'Which agents may do this to that?' : headline(values.tool, found)}
        lead="What the gate would answer if each agent asked now. It is a question, no decision: nothing is recorded, and what is left of limits is not looked at."
      />
      <BoundaryTabs current="may" unconfirmed={unconfirmed} />
      <MayForm values={values} errors={errors} tools={names} />
      {found === null ? (
        errors.length === 0 && <Start names={names} />
      ) : (
        <Section
          id="answers"
          title="Agents"
          right={<Link href={paths.mayGrid({ server: serverOf(values.tool) })}>As a picture</Link>}
          aside={
            <>
              as of <Time at={found.at} show="clock" />, by the version beside each
              {found.baseline !== null && ', and the '}
              {found.baseline !== null && (
                <Link href={paths.boundary(BASELINE_SLUG, found.baseline)}>baseline, v{found.baseline}</Link>
              )}
            </>
          }
        >
          <Answers values={values} found={found} at={at} />
        </Section>
      )}
    </Main>
  )
}

function Answers({
  values,
  found,
  at,
}: {
  values: MayValues
  found: WhoMay
  at: (over: Partial<MayValues> & { from?: string }) => string
}) {
  const { counts, rows, next, beyond, tool } = found
  if (counts.alone + counts.held + counts.never === 0)
    return values.q === '' ? (
      <Empty
        kind="never"
        title="There is no agent to ask about."
        start={{ href: paths.newAgent(), words: 'Register an agent' }}
      >
        Retired agents may do nothing, and are left out.
      </Empty>
    ) : (
      <Empty
        kind="filtered"
        title="No agent has that in its name."
        clear={{ href: at({ q: '', after: '' }), words: 'Ask about every agent' }}
      />
    )
  return (
    <>
      {tool !== 'confirmed' && (
        <p className="t2">
          {tool === 'unknown'
            ? 'The catalogue has no such tool, so nobody has said what it does. '
            : 'Nobody has confirmed what this tool does. '}
          <Link href={paths.tools({ q: values.tool })}>Look in the catalogue</Link>
        </p>
      )}
      {beyond !== null && (
        <p className="t2">
          The counts are of {MOST} agents, up to {beyond}.{' '}
          <Link href={at({ from: beyond, after: '' })}>Ask about those after it</Link>
        </p>
      )}
      <MayAnswers values={values} counts={counts} next={next} at={at}>
        {rows.length > 0 ? <WhoTable rows={rows} /> : null}
      </MayAnswers>
    </>
  )
}

const serverOf = (tool: string): string => resolveTool(tool)?.server ?? ''

function Start({ names }: { names: readonly string[] }) {
  if (names.length === 0)
    return (
      <Empty
        kind="never"
        title="The catalogue has no tools yet."
        start={{ href: paths.tools(), words: 'Add your tools' }}
      >
        A question names a tool as agents call it. One that the catalogue lacks can be asked about too.
      </Empty>
    )
  return (
    <Empty kind="never" title="Name a tool, and what it is done to.">
      For instance:{' '}
      {names.slice(0, 5).map((tool, i) => (
        <span key={tool}>
          {i > 0 && ', '}
          <Link className="mono" href={paths.whoMay({ tool })}>
            {tool}
          </Link>
        </span>
      ))}
      . Or look at <Link href={paths.mayGrid()}>all agents and the tools of one server</Link>.
    </Empty>
  )
}

function headline(tool: string, { counts: { alone, held, never }, halted }: WhoMay): string {
  const of = (n: number) => (n === 0 ? 'none' : n === 1 ? 'one' : n.toLocaleString('en'))
  const first = alone === 0 ? 'No agent' : alone === 1 ? 'One agent' : `${alone.toLocaleString('en')} agents`
  const stopped = halted === 0 ? '' : `, ${of(halted)} of them halted`
  return `${first} may do ${tool} alone, ${of(held)} would ask a person, ${of(never)} may not${stopped}.`
}
