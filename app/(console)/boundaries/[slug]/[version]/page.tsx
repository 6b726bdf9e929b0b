import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { EffectView } from '@/components/boundary/effect-view'
import { RulesView } from '@/components/boundary/rules-view'
import { SignPanel, type SignRights } from '@/components/boundary/sign-panel'
import { SourceView } from '@/components/boundary/source-view'
import { VersionTabs } from '@/components/boundary/version-tabs'
import { ActForm } from '@/components/people/act-form'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Main, PageHead } from '@/components/shell/page'
import { PastSection } from '@/components/trials/past-section'
import { ButtonLink } from '@/components/ui/button'
import { TextArea } from '@/components/ui/field'
import { Time } from '@/components/ui/time'
import { withheldFrom } from '@/lib/audit/withheld'
import { headline } from '@/lib/boundary/change'
import { versionParams } from '@/lib/boundary/contract'
import { compare, countGoverned, governedBy, versionOf, type Comparison } from '@/lib/boundary/read'
import { BASELINE_SLUG, type Governed } from '@/lib/boundary/subject'
import { digestText } from '@/lib/core/digest-text'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import type { Flash } from '@/lib/people/session-flash'
import { signingRule } from '@/lib/people/read-passkeys'
import { activePeople } from '@/lib/people/read'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { readChanges, simulationOf } from '@/lib/trials/read'

type Props = { params: Promise<{ slug: string; version: string }>; searchParams: Promise<Record<string, unknown>> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, version } = await params
  return { title: `${slug}, version ${version}` }
}

/** One version of a boundary: the verdict on the change, three ways to read it, and the column where it is signed. */
export default async function BoundaryVersionPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const now = new Date()
  const { slug, of, comparison } = await load(await params, now)
  const { version, before, changes } = comparison
  const [rights, agents, flash] = await Promise.all([
    rightsOf(actor, of, comparison),
    of === null ? countGoverned(db()) : 0,
    said(searchParams),
  ])
  const { view: asked, act } = await searchParams
  const view = asked === 'rules' || asked === 'source' ? asked : 'effect'
  const here = paths.boundary(slug, version.version)
  const past = of === null || view !== 'effect' ? null : await pastOf(actor, of, version)
  const mayDraft =
    version.status !== 'draft' &&
    can(actor, of === null ? 'baseline.draft' : 'boundary.draft', { ownerId: of?.ownerId }).ok
  return (
    <Main>
      <LiveRefresh topic="boundaries" />
      <PageHead
        crumbs={
          <>
            <Link href={paths.boundaries()}>Boundaries</Link> /{' '}
            {of === null ? 'baseline' : <Link href={paths.agent(slug)}>{slug}</Link>}
          </>
        }
        title={titleOf(comparison)}
        lead={
          <>
            Drafted by {version.drafter} on <Time at={version.draftedAt} show="day" />
            {before === null
              ? ', with nothing signed before'
              : `, against version ${String(before.version)}${version.status === 'draft' ? ' in force' : ''}`}
            . It{' '}
            {version.status === 'draft'
              ? 'would lapse'
              : version.lapsesAt !== null && version.lapsesAt <= now
                ? 'lapsed'
                : 'lapses'}{' '}
            on <Time at={comparison.lapsesAt} show="day" />.
          </>
        }
        acts={
          <>
            {version.status === 'draft' && version.draftedBy === actor.id && (
              <ButtonLink href={paths.draftBoundary(slug)}>Go on drafting</ButtonLink>
            )}
            {mayDraft && <ButtonLink href={paths.draftBoundary(slug)}>Draft another version</ButtonLink>}
          </>
        }
      />
      <NoticeOf flash={flash} />
      <CloseForm act={act} slug={slug} version={version.version} rights={rights} flash={flash} back={here} />
      <div className="cols sg">
        <div>
          <VersionTabs slug={slug} version={version.version} digest={digestText(version.digest)} current={view} />
          {view === 'effect' && <EffectView of={comparison} agents={agents} now={now} />}
          {view === 'effect' && past}
          {view === 'rules' && <RulesView of={comparison} />}
          {view === 'source' && <SourceView of={comparison} />}
        </div>
        <aside aria-label="Signature" className="sign">
          <SignPanel
            slug={slug}
            of={comparison}
            rights={rights}
            said={saidTo(flash, `/api/console/boundaries/${slug}/${String(version.version)}/signature`)}
          />
        </aside>
      </div>
    </Main>
  )

  function titleOf({ version: found }: Comparison): string {
    if (found.status === 'draft') return headline(found.version, changes, before === null)
    const name = of === null ? 'the baseline' : slug
    return `Version ${String(found.version)} of ${name} ${found.status !== 'signed' ? `was ${found.status}` : found.tightenedFrom === null ? `is signed by ${found.signer ?? 'somebody'}` : `was tightened by ${found.signer ?? 'somebody'}`}.`
  }
}

/** What it would have answered in the last days, where this person tried it. */
async function pastOf(actor: Actor, of: Governed, version: Comparison['version']) {
  const may = can(actor, 'boundary.simulate', { ownerId: of.ownerId })
  const simulation = may.ok ? await simulationOf(db(), actor, version) : null
  const changes = simulation?.result
    ? (await readChanges(db(), simulation, null, null, withheldFrom(db(), actor.id))).changes
    : []
  return (
    <PastSection
      slug={of.slug}
      version={version.version}
      may={may}
      simulation={simulation}
      changes={changes.slice(0, SHOWN)}
    />
  )
}

const SHOWN = 5

async function load(params: { slug: string; version: string }, now: Date) {
  const parsed = versionParams.safeParse(params)
  if (!parsed.success) notFound()
  try {
    const of = await governedBy(db(), parsed.data.slug)
    const version = await versionOf(db(), of, parsed.data.version)
    return { slug: of?.slug ?? BASELINE_SLUG, of, comparison: await compare(db(), of, version, now) }
  } catch (error) {
    if (isFault(error) && error.code === 'not_found') notFound()
    throw error
  }
}

async function rightsOf(actor: Actor, of: Governed | null, { version }: Comparison): Promise<SignRights> {
  const subject = { drafterId: version.draftedBy, ownerId: of?.ownerId ?? null }
  const [people, rule] = await Promise.all([activePeople(db()), signingRule(db(), actor.id)])
  return {
    sign: can(actor, of === null ? 'baseline.sign' : 'boundary.sign', subject),
    giveBack: can(actor, 'boundary.return', subject),
    withdraw: can(actor, 'boundary.withdraw', subject),
    // a baseline has no form for either yet: it is signed
    tighten:
      of === null ? { ok: false, reason: 'A ciso signs the baseline.' } : can(actor, 'boundary.tighten', subject),
    override:
      of === null ? { ok: false, reason: 'A ciso signs the baseline.' } : can(actor, 'boundary.override', subject),
    meId: actor.id,
    me: actor.name,
    rule,
    signers: people
      .filter(({ id, roles }) => roles.includes('ciso') && id !== version.draftedBy)
      .map(({ name }) => name),
  }
}

/** Sending back or withdrawing, each opened by its own address. */
function CloseForm({
  act,
  slug,
  version,
  rights,
  flash,
  back,
}: {
  act: unknown
  slug: string
  version: number
  rights: SignRights
  flash: Flash | undefined
  back: string
}) {
  const base = `/api/console/boundaries/${slug}/${String(version)}`
  if (act === 'return' && rights.giveBack.ok) {
    const form = saidTo(flash, `${base}/return`)
    return (
      <ActForm
        id="return"
        title={`Send version ${String(version)} back?`}
        action={`${base}/return`}
        said={form}
        submit="Send it back"
        cancel={back}
        consequence="What is in force stays in force. Its drafter reads your reason, and the next draft is a new version."
      >
        <TextArea
          label="What should change"
          aside="required, recorded"
          name="reason"
          rows={3}
          required
          maxLength={2000}
          defaultValue={form.value('reason')}
          error={form.error('reason')}
        />
      </ActForm>
    )
  }
  if (act === 'withdraw' && rights.withdraw.ok) {
    const form = saidTo(flash, `${base}/withdrawal`)
    return (
      <ActForm
        id="withdraw"
        title={`Withdraw version ${String(version)}?`}
        action={`${base}/withdrawal`}
        said={form}
        submit={`Withdraw version ${String(version)}`}
        cancel={back}
        consequence="Nobody can sign it any more. It stays readable, and what is in force stays in force."
      >
        <TextArea
          label="Why"
          aside="may be left out"
          name="reason"
          rows={2}
          maxLength={2000}
          defaultValue={form.value('reason')}
          error={form.error('reason')}
        />
      </ActForm>
    )
  }
  return null
}
