import { tallied } from '@/lib/boundary/change'
import type { Comparison } from '@/lib/boundary/read'
import { reachSentence } from '@/lib/boundary/reach'
import { asBoundary } from '@/lib/boundary/subject'
import { Section } from '../shell/page'
import { Said } from '../ui/said'
import { FilePen } from 'lucide-react'
import { AnswerableTable } from './answerable-table'
import { ChangeList } from './change-list'
import { ModeNote } from './mode-note'
import { OverruledTable } from './overruled-table'
import { RadiusList } from './radius-list'
import { SentenceText } from './sentence'

/** What a version means: the worst it allows beside the worst before, then each change in words. */
export function EffectView({ of, agents, now }: { of: Comparison; agents: number; now: Date }) {
  const { version, before, changes, reach, radius, overruled, answerable } = of
  const draft = version.status === 'draft'
  return (
    <>
      <ModeNote mode={asBoundary(version.document)?.mode} now={now} />
      {version.note !== '' && (
        <Section id="note" title="Why, in the drafter’s words">
          <Said by={version.drafter} icon={FilePen} text={version.note} />
        </Section>
      )}
      {reach === null ? (
        <Section id="worst" title="Whom it binds">
          <p className="lede">
            It applies to <b>every agent</b>, {agents} now, whatever their boundaries say: it can forbid, hold and
            limit, and never allow.
          </p>
        </Section>
      ) : (
        <Section id="worst" title="The worst it can do before somebody notices">
          <div className="ba">
            <div>
              <h3>
                {before === null
                  ? 'Now, with nothing signed'
                  : `Version ${String(before.version)}, ${draft ? 'in force' : 'before'}`}
              </h3>
              <p>
                <SentenceText of={reachSentence(reach.before)} />
              </p>
            </div>
            <div>
              <h3>
                Version {version.version}, {draft ? 'if it is signed' : version.status}
              </h3>
              <p>
                <SentenceText of={reachSentence(reach.after)} />
              </p>
            </div>
          </div>
          {radius && (
            <div className="gap-above">
              <h3>Line by line, the worst first</h3>
              <RadiusList items={radius} />
            </div>
          )}
        </Section>
      )}
      {reach === null && overruled.length === 0 && (
        <Section id="overruled" title={draft ? 'What it would overrule' : 'What it overrules'}>
          <p className="t2">Nothing today: no boundary in force says anything looser.</p>
        </Section>
      )}
      {overruled.length > 0 && (
        <Section
          id="overruled"
          title={
            reach !== null ? 'What the baseline overrules' : draft ? 'What it would overrule' : 'What it overrules'
          }
          aside={`${overruled.length} ${overruled.length === 1 ? 'clause' : 'clauses'}, ${reach === null ? 'of boundaries in force' : 'whatever is signed here'}`}
        >
          <OverruledTable of={overruled.slice(0, 200)} />
        </Section>
      )}
      {answerable.length > 0 && (
        <Section id="answers" title="Who answers for what it does">
          <AnswerableTable of={answerable} />
        </Section>
      )}
      <Section id="changes" title="What changes, in words" aside={tallied(changes)}>
        {changes.length > 0 ? (
          <ChangeList changes={changes} drafter={version.drafter} />
        ) : (
          <p className="t2">
            Nothing: it answers every action as{' '}
            {before === null ? 'no boundary does' : `version ${String(before.version)} does`}. Only its term is new.
          </p>
        )}
      </Section>
    </>
  )
}
