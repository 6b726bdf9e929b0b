import { KeyRound } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { AgentTabs } from '@/components/agents/agent-tabs'
import { Connect } from '@/components/agents/connect'
import { CredentialTable } from '@/components/agents/credential-table'
import { Runners } from '@/components/agents/runners'
import { HookTokenTable } from '@/components/agents/hook-token-table'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { FormErrors } from '@/components/ui/form-errors'
import { agentDetail, credentialsOf } from '@/lib/agents/read'
import { hookTokensOf } from '@/lib/agents/read-hook-tokens'
import { runnersOf } from '@/lib/agents/read-runners'
import { standingOf } from '@/lib/boundary/read'
import { asBoundary } from '@/lib/boundary/subject'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import { sessionConfig } from '@/lib/people/session-config'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Record<string, unknown>> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Credentials of ${(await params).slug}` }
}

/** The credentials of one agent: made, shown once, rotated with overlap, revoked at once (C01, C03). */
export default async function CredentialsPage({ params, searchParams }: Props) {
  const actor = await signedIn()
  const agent = await agentDetail(db(), (await params).slug)
  if (agent === null) notFound()
  const [credentials, hookTokens, runners, boundary, flash] = await Promise.all([
    credentialsOf(db(), agent.id, new Date()),
    hookTokensOf(db(), agent.id, new Date()),
    runnersOf(db(), agent.id),
    standingOf(db(), agent),
    said(searchParams),
  ])
  const subject = { ownerId: agent.ownerId }
  const make = can(actor, 'credential.create', subject)
  const usable = credentials.filter(({ state }) => state === 'live' || state === 'ending')
  const action = `/api/console/agents/${agent.slug}/credentials`
  const errors = flash?.form.startsWith(action) === true ? saidTo(flash, flash.form).errors : []
  const button = (
    <form method="post" action={action}>
      <Button
        type="submit"
        variant="pri"
        icon={KeyRound}
        disabledReason={agent.state === 'retired' ? 'It is retired.' : make.ok ? undefined : make.reason}
      >
        Make a credential
      </Button>
    </form>
  )
  return (
    <Main>
      <PageHead
        crumbs={
          <>
            <Link href={paths.agents()}>Agents</Link> / <Link href={paths.agent(agent.slug)}>{agent.slug}</Link>
          </>
        }
        title={
          usable.length === 0
            ? `${agent.slug} has no credential.`
            : `${agent.slug} has ${usable.length === 1 ? 'one usable credential' : `${String(usable.length)} usable credentials`}.`
        }
        lead="It exchanges a credential for access tokens that live ten minutes. Nobody but the agent has the secret: only its hash is kept."
        acts={usable.length > 0 && button}
      />
      <NoticeOf flash={flash} />
      <FormErrors errors={errors} />
      <AgentTabs
        slug={agent.slug}
        current="credentials"
        boundary={boundary.inForce?.version ?? boundary.draft?.version ?? null}
        credentials={usable.length}
      />
      {credentials.length === 0 ? (
        <Empty kind="done" title="None was ever made.">
          Without one it cannot ask for anything. Its secret is shown once, when it is made.
        </Empty>
      ) : (
        <Section id="all" title="All of them" aside="newest first">
          <CredentialTable
            slug={agent.slug}
            rows={credentials}
            mayRotate={can(actor, 'credential.rotate', subject).ok && agent.state !== 'retired'}
            mayRevoke={can(actor, 'credential.revoke', subject).ok}
          />
        </Section>
      )}
      {hookTokens.length > 0 && (
        <Section id="hooks" title="Sessions of Claude Code" aside="by their hook tokens, newest first">
          <HookTokenTable slug={agent.slug} rows={hookTokens} mayRevoke={can(actor, 'credential.revoke', subject).ok} />
        </Section>
      )}
      <Section id="runners" title="Runners" aside="who may attest the sandbox its commands run in">
        <Runners
          slug={agent.slug}
          rows={runners}
          mayEnrol={can(actor, 'runner.enrol', subject).ok && agent.state !== 'retired'}
          mayRevoke={can(actor, 'credential.revoke', subject).ok}
          said={saidTo(flash, `/api/console/agents/${agent.slug}/runners`)}
        />
      </Section>
      {usable.length === 0 && button}
      {usable[0] !== undefined && (
        <Connect
          url={new URL(sessionConfig().publicUrl).origin}
          clientId={usable[0].clientId}
          tool={exampleTool(boundary)}
        />
      )}
    </Main>
  )
}

/** A tool this agent may really ask for, so that the command does something when it is copied. */
function exampleTool({ inForce, catalogue }: Awaited<ReturnType<typeof standingOf>>): string {
  const document = inForce && asBoundary(inForce.document)
  const servers = Object.keys(document?.mcp_scopes ?? {})
  const read = catalogue.find(
    ({ name, class: known }) => known?.access === 'read' && servers.some((server) => name.startsWith(`${server}.`)),
  )
  return read?.name ?? document?.autonomous[0]?.tool ?? document?.approval_required[0]?.tool ?? 'server.tool'
}
