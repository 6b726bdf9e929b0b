import { Pencil } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { KIND_WORDS } from '@/components/audit/entry-words'
import { ActForm } from '@/components/people/act-form'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Changes } from '@/components/resources/changes'
import { Firings } from '@/components/resources/firings'
import { InForce } from '@/components/resources/in-force'
import { KIND_NAMES } from '@/components/resources/kind-words'
import { ResourceFields } from '@/components/resources/resource-fields'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Fact, Facts } from '@/components/ui/facts'
import { TextArea } from '@/components/ui/field'
import { HostileText } from '@/components/ui/hostile-text'
import { Pager } from '@/components/ui/pager'
import { Time } from '@/components/ui/time'
import { agentSlugs, ownerChoices } from '@/lib/agents/read'
import { readResource } from '@/lib/audit/read-resource'
import type { ResourceView } from '@/lib/audit/resource-view'
import { isFault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Protected resource' }

type Given = Record<string, string | string[] | undefined>
type Props = { params: Promise<{ type: string; id: string }>; searchParams: Promise<Given> }

/** One protected resource (C21): is what is in force what was approved, who proposed and approved each change, when did it fire. */
export default async function ResourcePage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const [asked, flash] = [await searchParams, await said(searchParams)]
  const { type, id } = await params
  const view = await find(actor, decode(type), decode(id), typeof asked.before === 'string' ? asked.before : undefined)
  const { resource } = view
  const here = paths.resource(resource.type, resource.name)
  const action = `/api/console/resources/${resource.id}`
  const living = resource.unmarked_at === null
  const may = {
    edit: living && can(actor, 'resource.edit', { ownerId: resource.owner_id }).ok,
    unprotect: living && can(actor, 'resource.unprotect', { ownerId: resource.owner_id }).ok,
  }
  return (
    <Main>
      <LiveRefresh topic={['actions', 'approvals']} />
      <PageHead
        crumbs={
          <>
            <Link href={paths.audit()}>Audit</Link> / <Link href={paths.resources()}>Protected resources</Link>
          </>
        }
        title={<HostileText text={resource.title} max={200} />}
        lead={
          <>
            {KIND_NAMES[resource.kind]}, which agents call <HostileText text={resource.type} max={128} />{' '}
            <em className="data">
              <HostileText text={resource.name} max={512} />
            </em>
            {!living && '; no longer protected'}.
          </>
        }
        acts={
          <>
            {may.edit && (
              <ButtonLink icon={Pencil} href={`${here}?act=edit`}>
                Edit
              </ButtonLink>
            )}
            {may.unprotect && <ButtonLink href={`${here}?act=unprotect`}>Take the protection away…</ButtonLink>}
          </>
        }
      />
      <NoticeOf flash={flash} />
      {may.edit && asked.act === 'edit' && (
        <ActForm
          id="edit"
          title="Edit what is said of it"
          action={action}
          said={saidTo(flash, action)}
          submit="Save"
          cancel={here}
        >
          <ResourceFields
            said={saidTo(flash, action)}
            known={{
              title: resource.title,
              kind: resource.kind,
              ownerId: resource.owner_id,
              reporter: resource.reporter ?? '',
              contentAt: resource.content_at,
            }}
            owners={await ownerChoices(db())}
            agents={await agentSlugs(db())}
          />
        </ActForm>
      )}
      {may.unprotect && asked.act === 'unprotect' && (
        <ActForm
          id="unprotect"
          title="Take the protection away?"
          action={`${action}/unprotection`}
          said={saidTo(flash, `${action}/unprotection`)}
          submit="Take the protection away"
          cancel={here}
          consequence="Agents’ boundaries alone decide about it from then on. Your name and your reason are recorded."
        >
          <TextArea
            label="Reason"
            aside="recorded"
            name="reason"
            required
            maxLength={2000}
            error={saidTo(flash, `${action}/unprotection`).error('reason')}
          />
        </ActForm>
      )}
      <Columns label="About this resource" aside={<Aside view={view} />}>
        <Section id="in-force" title="In force">
          <InForce view={view} />
        </Section>
        <Section id="changes" title="Changes agents proposed" aside="newest first, since it was marked">
          {view.changes.length === 0 ? (
            <Empty kind="never" title="No agent has proposed a change of it.">
              Each one shows here with who asked, what it was tested against, and who approved it.
            </Empty>
          ) : (
            <Changes changes={view.changes} />
          )}
          {(view.older !== null || asked.before !== undefined) && (
            <Pager
              words={`${view.changes.length} changes`}
              newer={asked.before === undefined ? undefined : here}
              older={view.older === null ? undefined : `${here}?before=${view.older}`}
            />
          )}
        </Section>
      </Columns>
    </Main>
  )
}

function Aside({ view }: { view: ResourceView }) {
  const { resource, firings, marks } = view
  return (
    <>
      <Block title="Last fired">
        {firings.last.length === 0 ? (
          <p className="t2">
            {resource.reporter === null
              ? 'Nobody’s reports count for it yet, so nothing is known.'
              : `${resource.reporter} has not reported that it fired.`}
          </p>
        ) : (
          <Firings firings={firings} />
        )}
      </Block>
      <Block title="Who stands behind it">
        <Facts width="narrow">
          <Fact term="Answers">
            <Link href={paths.owner(resource.owner_id)}>{resource.owner}</Link>
            {!resource.owner_active && ' (deactivated)'}
          </Fact>
          <Fact term="Reports">
            {resource.reporter === null ? (
              'nobody’s count yet'
            ) : (
              <Link href={paths.agent(resource.reporter)}>{resource.reporter}</Link>
            )}
          </Fact>
          <Fact term="Content in">
            <span className="mono">{resource.content_at}</span>
          </Fact>
        </Facts>
        <p className="under">
          A change that names it only inside a longer text, such as a shell command, is not seen here.
        </p>
      </Block>
      <Block title="The mark">
        <ul className="rows s12">
          {marks.map((mark) => (
            <li key={`${mark.at} ${mark.kind}`}>
              <span>
                {mark.index === null ? (
                  KIND_WORDS[mark.kind]
                ) : (
                  <Link href={paths.entry(mark.index)}>{KIND_WORDS[mark.kind]}</Link>
                )}
                {mark.by && `, ${mark.by.name}`}
              </span>
              <span className="t3">
                <Time at={mark.at} show="moment" />
              </span>
            </li>
          ))}
        </ul>
        {resource.unmark_reason && (
          <p className="t2">
            “<HostileText text={resource.unmark_reason} max={2_000} />”
          </p>
        )}
      </Block>
    </>
  )
}

/** Next gives parameters as they stand in the address. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    notFound()
  }
}

async function find(actor: Actor, type: string, name: string, before: string | undefined): Promise<ResourceView> {
  try {
    return await readResource(db(), actor, { type, name, before }, new Date())
  } catch (error) {
    if (isFault(error) && (error.code === 'not_found' || error.code === 'invalid_id')) notFound()
    throw error
  }
}
