import { goneWords } from '@/lib/audit/gone'
import type { Asked } from '@/lib/audit/story'
import { PurposeForm } from './purpose-form'
import { JsonView } from '../ui/json-view'
import { HostileText } from '../ui/hostile-text'
import { Said, Untrusted } from '../ui/said'
import { TestedList } from './tested-list'
import { FileText } from 'lucide-react'

/** What exactly it asked for, and what it had read. Folded, because the story is read before its arguments are. */
export function StoryAsked({ action, asked }: { action: string; asked: Asked }) {
  if (asked.said === 'sensitive') return <PurposeForm action={action} />
  if (asked.said === 'erased')
    return (
      <p className="t2">
        What it asked in detail cannot be read any more. That it asked, and what became of it, can.{' '}
        {asked.gone && <HostileText text={`${goneWords(asked.gone)}.`} max={1_200} />}
      </p>
    )
  if (asked.said === 'broken')
    return (
      <p className="t2">
        <b>What is stored as its words is not what the entry commits to.</b> Somebody changed it, so it is not shown.
      </p>
    )
  const sources = asked.evidence.length + asked.untrustedSources.length
  return (
    <>
      <details className="fold" open>
        <summary>
          What it would send to <span className="mono">{asked.tool}</span>
        </summary>
        <JsonView value={asked.arguments} raw={asked.argumentsRaw} />
      </details>
      {asked.testedAgainst.length > 0 && (
        <details className="fold" open>
          <summary>What it says it tested this against</summary>
          <TestedList tests={asked.testedAgainst} />
        </details>
      )}
      {sources > 0 && (
        <details className="fold">
          <summary>
            What it had read: {sources} {sources === 1 ? 'source' : 'sources'}
          </summary>
          {asked.evidence.map((each, at) =>
            each.untrusted ? (
              <Untrusted key={at} source={<HostileText text={each.title} max={200} />} text={each.excerpt ?? ''} />
            ) : (
              <Said
                key={at}
                icon={FileText}
                by={<HostileText text={each.title} max={200} />}
                text={each.excerpt ?? 'no excerpt given'}
              />
            ),
          )}
          {asked.untrustedSources.map((source) => (
            <Untrusted key={source} source="content its run had read, named by the agent" text={source} />
          ))}
        </details>
      )}
    </>
  )
}
