import Link from 'next/link'
import type { Standing } from '@/lib/agents/grade'
import { paths } from '@/lib/core/paths'
import type { RequestDetail } from '@/lib/decisions/request'
import { GradeLine } from '../agents/grade'
import { Fact, Facts } from '../ui/facts'
import { HostileText } from '../ui/hostile-text'
import { Tag } from '../ui/tag'
import { Time } from '../ui/time'
import { Named } from './wants'

/** Who stands behind the request: the agent, the human who answers for it, on whose word, in which run. */
export function RequestContext({ request, standing }: { request: RequestDetail; standing: Standing }) {
  return (
    <section aria-label="Behind it">
      <Facts width="narrow">
        <Fact term="Agent">
          <Link href={paths.agent(request.agent)}>{request.agent}</Link>
        </Fact>
        <Fact term="If halted">
          <GradeLine standing={standing} />
        </Fact>
        <Fact term="Owner">
          <Link href={paths.person(request.owner.id)}>{request.owner.name}</Link>
        </Fact>
        <Fact term="Where">{request.environment}</Fact>
        {request.requester && (
          <Fact term="For">
            <Named one={request.requester} /> <Tag>{request.requester.proof}</Tag>
            {request.requester.proof === 'asserted' && <span className="t3 s12"> Only the agent says so.</span>}
          </Fact>
        )}
        {told(request.attributes).map(([what, said]) => (
          <Fact key={what} term={what}>
            <HostileText text={said} max={400} /> <Tag>said by who asked</Tag>
          </Fact>
        ))}
        <Fact term="Run">
          {request.run ? (
            <>
              <Link className="mono" href={paths.run(request.run.id)}>
                {request.run.id.slice(0, 12)}
              </Link>
              <span className="t3 s12">
                {' '}
                since <Time at={request.run.openedAt} />
                {request.run.tainted && ', has read untrusted content'}
              </span>
            </>
          ) : (
            <span className="t3">a run of its own</span>
          )}
        </Fact>
      </Facts>
    </section>
  )
}

/** What stands beside the arguments and the resource, where anything does: a rule may have looked at it. */
function told(attributes: RequestDetail['attributes']): [what: string, said: string][] {
  if (attributes === null) return []
  const { subject, resource } = attributes
  const all: [string, object][] = [
    ['Subject', subject.properties],
    ['Resource', resource],
  ]
  return all.filter(([, said]) => Object.keys(said).length > 0).map(([what, said]) => [what, JSON.stringify(said)])
}
