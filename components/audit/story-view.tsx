import { Ban, Bot, Check, Pause, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { paths } from '@/lib/core/paths'
import type { Proof } from '@/lib/audit/proof'
import type { Story } from '@/lib/audit/story'
import { byRule } from '@/lib/decisions/request'
import { OwnWords } from './story-own-words'
import { HostileText } from '../ui/hostile-text'
import { Tag } from '../ui/tag'
import { Time } from '../ui/time'
import { Step, Timeline } from '../ui/timeline'
import { StoryApproval } from './story-approval'
import { StoryAsked } from './story-asked'
import { StoryExecuted } from './story-executed'
import { StorySandbox } from './story-sandbox'
import { PrintedProof } from './printed-proof'
import { ProofSteps } from './proof-steps'

const DECIDED = {
  allow: { icon: Check, tone: 'allow' },
  hold: { icon: Pause, tone: 'hold' },
  forbid: { icon: Ban, tone: 'forbid' },
} as const

/** By which door it came. */
const CAME = {
  hook: 'by a hook of its harness',
  mcp: 'through the MCP gateway',
  authzen: 'by an enforcement point beside it',
} as const

/** Asked, decided, approved, executed, proven: one action, oldest first. */
export function StoryView({ story, proof, shown = false }: { story: Story; proof: Proof | null; shown?: boolean }) {
  const { asked, decided } = story
  return (
    <Timeline>
      <Step icon={Bot} title="Asked" end={<Time at={asked.at} show="clock" />}>
        <p>
          by <Link href={paths.agent(story.agent.slug)}>{story.agent.slug}</Link>
          {asked.run ? (
            <>
              {' '}
              in run{' '}
              <Link className="mono" href={paths.run(asked.run)}>
                {asked.run.slice(0, 16)}
              </Link>
            </>
          ) : (
            ', in a run of its own'
          )}
          {asked.channel !== 'api' && `, ${CAME[asked.channel]}`}
          {asked.requester && (
            <>
              , for <HostileText text={asked.requester.type} max={40} />{' '}
              <HostileText text={asked.requester.id} max={80} /> <Tag>{asked.requester.proof}</Tag>
            </>
          )}
        </p>
        <OwnWords agent={story.agent.slug} reasoning={asked.reasoning} />
        <StoryAsked action={story.action} asked={asked} />
      </Step>

      <Step
        {...DECIDED[decided.decision]}
        title={`Decided: ${decided.decision}`}
        end={<Time at={decided.at} show="clock" />}
      >
        <Reasons story={story} />
      </Step>

      {story.approval && <StoryApproval approval={story.approval} frozen={story.frozen} steps={story.steps} />}

      <StorySandbox sandboxes={story.sandboxes} />
      <StoryExecuted story={story} />

      <Step icon={ShieldCheck} tone={story.proof ? 'allow' : undefined} title="Proven">
        <Proven story={story} proof={proof} shown={shown} />
      </Step>
    </Timeline>
  )
}

function Reasons({ story }: { story: Story }) {
  const { boundary, reasons, observed } = story.decided
  return (
    <>
      <ul>
        {byRule(reasons).map((reason) => (
          <li key={reason.rule ?? reason.code}>
            {reason.text}. <span className="mono t3">{reason.rule ?? reason.code}</span>
          </li>
        ))}
      </ul>
      {observed !== null && (
        <p>
          <b>
            Its boundary only observed. Enforced, this would have{' '}
            {observed.decision === 'hold' ? 'asked a person' : 'been forbidden'}:
          </b>{' '}
          {observed.reasons.map(({ text, rule, code }) => `${text} (${rule ?? code})`).join(' ')}
        </p>
      )}
      <p>
        {boundary ? (
          <>
            Under <Link href={paths.boundary(story.agent.slug, boundary.version)}>version {boundary.version}</Link> of
            its boundary
            {boundary.signer ? (
              <>
                , signed by{' '}
                <Link href={paths.person(boundary.signer.id, boundary.signedAt ?? undefined)}>
                  {boundary.signer.name}
                </Link>
                {boundary.signedAt && (
                  <>
                    {' '}
                    on <Time at={boundary.signedAt} show="day" />
                  </>
                )}
              </>
            ) : null}
            .
          </>
        ) : (
          'No signed boundary stood behind it.'
        )}
      </p>
    </>
  )
}

function Proven({ story, proof, shown }: { story: Story; proof: Proof | null; shown: boolean }) {
  if (story.proof === null)
    return <p className="t2">Recorded; its place in the log is being given. Read this page again in a moment.</p>
  const verify: ReactNode = (
    <Link className="btn sm" href={`${paths.action(story.action)}?verify=1#proof`} scroll={false}>
      {shown ? 'Verify again' : 'Verify here'}
    </Link>
  )
  return (
    <>
      <p>
        Entry <Link href={paths.entry(story.proof.index)}>#{story.proof.index.toLocaleString('en')}</Link> of the ledger
        holds the decision{story.entries.length > 1 && `; ${story.entries.length - 1} more hold what followed`}.
      </p>
      <div className="btns">{verify}</div>
      {shown && proof && <ProofSteps proof={proof} />}
      {proof && <PrintedProof proof={proof} />}
    </>
  )
}
