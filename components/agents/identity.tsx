import Link from 'next/link'
import type { ReactNode } from 'react'
import type { AgentDetail, ListedCredential } from '@/lib/agents/read'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { Block } from '../shell/page'
import { Fact, Facts } from '../ui/facts'
import { Seat } from '../ui/seat'
import { Time } from '../ui/time'
import { CredentialState } from './credential-state'

/** Who answers for an agent, as a ruled line: empty when nobody does. */
export function OwnerBlock({
  agent,
  reviewIn,
  takeOver,
}: {
  agent: AgentDetail
  reviewIn: number
  takeOver?: ReactNode
}) {
  const { owner, team, reviewDate } = agent
  return (
    <Block title="Answers for it">
      {owner.active ? (
        <Seat
          seat="taken"
          hand="owns"
          who={<Link href={paths.person(publicId('person', owner.id))}>{owner.name}</Link>}
          under={team}
        />
      ) : (
        <Seat
          seat="open"
          to="Nobody"
          under={
            <>
              {owner.name} is gone. {takeOver}
            </>
          }
        />
      )}
      <div className="facts-gap">
        <Facts width="narrow">
          <Fact term="Review">
            <b>
              {reviewIn < 0 ? 'was due' : 'due'} <Time at={reviewDate} show="day" />
            </b>
            {reviewIn >= 0 && `, in ${reviewIn === 1 ? 'one day' : `${String(reviewIn)} days`}`}
          </Fact>
          <Fact term="Registered">
            <Time at={agent.createdAt} show="day" /> by {agent.registeredBy.name}
          </Fact>
        </Facts>
      </div>
    </Block>
  )
}

/** Its credentials in short: which are usable, and since when they are used. */
export function CredentialsBlock({ slug, credentials }: { slug: string; credentials: readonly ListedCredential[] }) {
  const usable = credentials.filter(({ state }) => state === 'live' || state === 'ending')
  return (
    <Block title="Credentials">
      {usable.length === 0 ? (
        <p className="t2">
          None. <Link href={paths.agentCredentials(slug)}>Make one</Link> so that it can ask.
        </p>
      ) : (
        <ul className="cred">
          {usable.map((credential) => (
            <li key={credential.id}>
              <span className="mono">{credential.clientId}</span>
              <CredentialState state={credential.state} expiresAt={credential.expiresAt} />
              <span className="t3">
                made <Time at={credential.createdAt} show="day" />
                {credential.lastUsedAt === null ? (
                  ', never used'
                ) : (
                  <>
                    , last used <Time at={credential.lastUsedAt} show="relative" />
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Block>
  )
}

/** Where the data it reads goes, and who accepted that (C30). */
export function DataBlock({ agent, change }: { agent: AgentDetail; change?: ReactNode }) {
  const { data, dataAcceptedBy, dataAcceptedAt } = agent
  return (
    <Block title="Where its data goes">
      {data.provider === null ? (
        <p className="t2">Not said yet. {change}</p>
      ) : (
        <>
          <Facts width="narrow">
            <Fact term="Provider">
              {data.provider}
              {data.region !== null && `, ${data.region}`}
            </Fact>
            <Fact term="Kept there">{data.retention ?? 'not said'}</Fact>
            <Fact term="Agreement">{data.agreement ?? 'not said'}</Fact>
            <Fact term="Accepted">
              {dataAcceptedBy === null || dataAcceptedAt === null ? (
                'by nobody yet'
              ) : (
                <>
                  {dataAcceptedBy.name}, <Time at={dataAcceptedAt} show="day" />
                </>
              )}
            </Fact>
          </Facts>
          {change && <p className="s12">{change}</p>}
        </>
      )}
    </Block>
  )
}
