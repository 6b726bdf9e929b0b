import type { Overruled } from '@/lib/boundary/overruled'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import { Main, PageHead, Section } from '../shell/page'
import { CodeBlock } from '../ui/code-block'
import { Empty } from '../ui/empty'
import { OverruledTable } from './overruled-table'

/** The baseline before there is one: what it is for, who begins it, and what a first one would overrule of what is in force. */
export function BaselineEmpty({
  may,
  agents,
  template,
  overruled,
}: {
  may: Permission
  agents: number
  /** the text a first draft begins with */
  template: string
  overruled: readonly (Overruled & { agent: string })[]
}) {
  return (
    <Main>
      <PageHead
        title="The organisation has no baseline."
        lead="A baseline says what no agent ever does, what asks a person whichever agent it is, and how much any of them does alone. No boundary can loosen it."
      />
      <Empty
        kind="never"
        title={`Nothing stands above the boundaries of ${String(agents)} ${agents === 1 ? 'agent' : 'agents'}.`}
        {...(may.ok && { start: { href: paths.draftBoundary('baseline'), words: 'Draft the baseline' } })}
      >
        {may.ok
          ? 'You draft it, and a ciso who did not draft it signs it. Before that, its page lists every clause it would overrule.'
          : may.reason}
      </Empty>
      <Section id="first" title="What a first draft begins with" aside="you change it before anybody signs it">
        <CodeBlock source={template} label="The text a first draft of the baseline begins with" />
      </Section>
      <Section
        id="overruled"
        title="What that would overrule today"
        aside={`${String(overruled.length)} ${overruled.length === 1 ? 'clause' : 'clauses'} of boundaries in force`}
      >
        {overruled.length > 0 ? (
          <OverruledTable of={overruled.slice(0, 200)} />
        ) : (
          <p className="t2">Nothing: no boundary in force says anything looser.</p>
        )}
      </Section>
    </Main>
  )
}
