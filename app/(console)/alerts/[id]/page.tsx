import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { OccurrencesTable } from '@/components/alerts/occurrences-table'
import { SeverityWord } from '@/components/alerts/severity-word'
import { ToolChange } from '@/components/tools/tool-change'
import { Kept } from '@/components/approvals/kept'
import { NoticeOf } from '@/components/people/notice'
import { saidTo, type Said } from '@/components/people/said'
import { LiveRefresh } from '@/components/shell/live-refresh'
import { Block, Columns, Main, PageHead, Section } from '@/components/shell/page'
import { Button } from '@/components/ui/button'
import { Fact, Facts } from '@/components/ui/facts'
import { TextArea } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { HostileText } from '@/components/ui/hostile-text'
import { Seat } from '@/components/ui/seat'
import { Time } from '@/components/ui/time'
import { alertSentence, isOfLedger, isOfTerm } from '@/lib/alerts/alert'
import { readAlert, type AlertDetail } from '@/lib/alerts/read'
import { isFault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import { streamNames } from '@/lib/notify/read'
import { can, type Permission } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { readTool } from '@/lib/tools/read'

export const metadata: Metadata = { title: 'Alert' }

/** One alert: what raised it, how it grew, and a person's word that they looked. */
export default async function AlertPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, unknown>>
}) {
  const actor = await signedIn()
  const { id } = await params
  const [alert, flash] = await Promise.all([find(id, actor), said(searchParams)])
  const form = saidTo(flash, acknowledgement(id))
  const streamName = alert.streamId ? (await streamNames(db(), [alert.streamId])).get(alert.streamId) : undefined
  const tool = alert.toolId === null ? null : await readTool(db(), alert.toolId)
  const about = tool === null ? streamName : `${tool.tool.server}.${tool.tool.name}`
  return (
    <Main>
      <LiveRefresh topic="alerts" />
      <PageHead
        crumbs={<Link href={paths.alerts()}>Alerts</Link>}
        title={headline(alert, about)}
        lead={alert.agent && `${alert.agent.owner} answers for ${alert.agent.slug}.`}
      />
      <NoticeOf flash={flash} />
      <Columns
        label="State of the alert"
        aside={
          <>
            <Block title="State">
              <Facts width="narrow">
                <Fact term="Severity">
                  <SeverityWord severity={alert.severity} />
                </Fact>
                <Fact term="Times">{alert.count}</Fact>
                <Fact term="First">
                  <Time at={alert.firstAt} />
                </Fact>
                <Fact term="Last">
                  <Time at={alert.lastAt} />
                </Fact>
                {alert.escalatedAt && (
                  <Fact term="Escalated">
                    <Time at={alert.escalatedAt} />
                  </Fact>
                )}
                {alert.streamId && (
                  <Fact term="Stream">
                    <Link href={paths.streamAt(publicId('stream', alert.streamId))}>
                      {streamName ?? 'Open the stream'}
                    </Link>
                  </Fact>
                )}
                {alert.toolId && (
                  <Fact term="Tool">
                    <Link href={paths.tool(publicId('tool', alert.toolId))}>Read what changed</Link>
                  </Fact>
                )}
                {isOfLedger(alert.kind) && (
                  <Fact term="Ledger">
                    <Link href={paths.integrity()}>Open its integrity</Link>
                  </Fact>
                )}
                {alert.agent && (
                  <Fact term="Agent">
                    <Link href={paths.agent(alert.agent.slug)}>{alert.agent.slug}</Link>
                  </Fact>
                )}
              </Facts>
            </Block>
            <Block title="Who looked">
              <FormErrors errors={form.errors} />
              <Looked
                alert={alert}
                id={id}
                may={can(actor, 'alert.acknowledge', { ownerId: alert.ownerId })}
                said={form}
              />
            </Block>
          </>
        }
      >
        {tool !== null && tool.versions[0] !== undefined && (
          <Section id="change" title={tool.tool.changedAt === null ? 'What it says now' : 'What changed'}>
            <ToolChange
              name={about ?? 'it'}
              before={tool.confirmed ?? tool.versions[1] ?? tool.versions[0]}
              after={tool.tool}
            />
          </Section>
        )}
        <Section
          id="occurrences"
          title="What raised it"
          aside={
            alert.more > 0 && alert.occurrences.length > 0
              ? `the newest ${alert.occurrences.length} of ${alert.count}`
              : undefined
          }
          right={
            alert.agent && (
              <Link href={paths.audit({ q: `agent:${alert.agent.slug}`, last: '30d' })}>Open in audit</Link>
            )
          }
        >
          {alert.says !== null && (
            <p>
              <HostileText text={alert.says} />
            </p>
          )}
          {alert.hidden !== null && !isOfLedger(alert.kind) && !isOfTerm(alert.kind) && (
            <p className="t2">{alert.hidden}</p>
          )}
          {alert.occurrences.length > 0 && <OccurrencesTable rows={alert.occurrences} />}
        </Section>
      </Columns>
    </Main>
  )
}

async function find(id: string, reader: Actor): Promise<AlertDetail> {
  try {
    return await readAlert(db(), reader, parsePublicId('alert', id))
  } catch (error) {
    if (isFault(error)) notFound()
    throw error
  }
}

function headline(alert: AlertDetail, streamName: string | undefined): string {
  const sentence = alertSentence(alert.kind, alert.agent?.slug ?? streamName, alert.limit)
  if (isOfTerm(alert.kind)) return `${sentence}.`
  const times = alert.count === 1 ? 'once' : `${alert.count} times`
  return `${sentence}, ${times}.`
}

const acknowledgement = (id: string): string => `/api/console/alerts/${id}/acknowledgement`

/** Who looked and what they found, or the form to say so. What somebody had typed when another was faster is kept. */
function Looked({ alert, id, may, said }: { alert: AlertDetail; id: string; may: Permission; said: Said }) {
  const typed = said.value('note') ?? ''
  if (alert.acknowledged) {
    return (
      <>
        <Seat
          seat="taken"
          who={alert.acknowledged.by}
          at={<Time at={alert.acknowledged.at} />}
          under={
            alert.acknowledged.note !== '' && (
              <>
                “<HostileText text={alert.acknowledged.note} />”
              </>
            )
          }
        />
        <Kept reason={typed} />
      </>
    )
  }
  if (!may.ok) return <p className="t2">Nobody yet. {may.reason}</p>
  return (
    <form method="post" action={acknowledgement(id)}>
      <TextArea
        name="note"
        label="What you found"
        aside="recorded"
        rows={3}
        maxLength={2000}
        defaultValue={typed}
        error={said.error('note')}
      />
      <Button variant="pri" type="submit">
        Acknowledge this alert
      </Button>
    </form>
  )
}
