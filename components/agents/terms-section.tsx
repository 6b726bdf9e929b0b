import type { AgentTerms, Term } from '@/lib/boundary/read-terms'
import { toldAt, type TermKind } from '@/lib/boundary/terms'
import { paths } from '@/lib/core/paths'
import { Section } from '../shell/page'
import { Table, Td, Th } from '../table/table'
import { Button, ButtonLink } from '../ui/button'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

const WHAT: Record<TermKind, string> = {
  boundary: 'Its boundary lapses',
  boundary_review: 'The review its boundary asks for',
  agent_review: 'Its review',
}

/** What ends for an agent, when, who has been told, and in words what happens on that day; beside it, how to go on. */
export function TermsSection({
  of: { slug, terms, owner },
  renewable,
  reviewable,
}: {
  of: AgentTerms
  renewable: boolean
  reviewable: boolean
}) {
  const [next] = terms
  if (next === undefined) return null
  return (
    <Section id="terms" title="What ends, and what happens then">
      <p className={next.stage.name === 'far' ? 't2' : undefined}>{next.happens}</p>
      <div className="gap-above">
        <Table label="What ends">
          <thead>
            <tr>
              <Th>What</Th>
              <Th>Until</Th>
              <Th>State</Th>
              <Th>Told so far</Th>
              <Th>Go on</Th>
            </tr>
          </thead>
          <tbody>
            {terms.map((term) => (
              <tr key={term.kind}>
                <th scope="row">{WHAT[term.kind]}</th>
                <Td>
                  <Time at={term.endsAt} show="day" />
                  {term.stage.name !== 'far' && (
                    <span className="t3">
                      , <Time at={term.endsAt} show="relative" />
                    </span>
                  )}
                </Td>
                <Td>
                  <StageWord stage={term.stage} review={term.kind !== 'boundary'} />
                </Td>
                <Td quiet wrap>
                  {told(term, owner.active)}
                </Td>
                <Td>
                  {term.kind === 'agent_review'
                    ? reviewable && (
                        <ButtonLink size="sm" href={`${paths.editAgent(slug)}#review`}>
                          Record a review
                        </ButtonLink>
                      )
                    : renewable && (
                        <form method="post" action={`/api/console/boundaries/${slug}/renewal`}>
                          <Button type="submit" size="sm">
                            {term.kind === 'boundary' ? 'Start renewal' : 'Review and renew'}
                          </Button>
                        </form>
                      )}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </Section>
  )
}

/** Where a term stands, as a state. */
export function StageWord({ stage, review }: { stage: Term['stage']; review: boolean }) {
  switch (stage.name) {
    case 'far':
      return <span className="t3">in time</span>
    case 'approaching':
      return <StateWord state="lapsed" word="Approaching" />
    case 'due':
      return <StateWord state="lapsed" word="Due" />
    case 'lapsed':
      return <StateWord state="lapsed" word={review ? 'Overdue' : 'Lapsed'} />
  }
}

const WHOM = { owner: 'the owner', ciso: 'cisos', administrator: 'administrators' } as const

function told({ stage }: Term, owned: boolean): string {
  if (stage.step === null) return 'nobody yet'
  return toldAt(stage.step)
    .filter((who) => who !== 'owner' || owned)
    .map((who) => WHOM[who])
    .join(', ')
}
