import { tallied } from '@/lib/boundary/change'
import type { Comparison } from '@/lib/boundary/read'
import { reachSentence } from '@/lib/boundary/reach'
import { Section } from '../shell/page'
import { Said } from '../ui/said'
import { FilePen } from 'lucide-react'
import { ChangeList } from './change-list'
import { SentenceText } from './sentence'

/** What a version means: the worst it allows beside the worst before, then each change in words. */
export function EffectView({ of, agents }: { of: Comparison; agents: number }) {
  const { version, before, changes, reach } = of
  const draft = version.status === 'draft'
  return (
    <>
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
