import { FileText, ShieldAlert } from 'lucide-react'
import type { Evidence } from '@/lib/runs/contract'
import { Section } from '../shell/page'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { Said, Untrusted } from '../ui/said'

/** The evidence the agent gave, the untrusted first, and the untrusted content its run has read besides. All of it is data. */
export function WhatItRead({ evidence, sources }: { evidence: readonly Evidence[]; sources: readonly string[] }) {
  const untrusted = evidence.filter((each) => each.untrusted)
  const others = evidence.filter((each) => !each.untrusted)
  return (
    <Section
      id="read"
      title="What it read"
      aside={countWords(evidence.length + sources.length, untrusted.length + sources.length)}
    >
      {evidence.length === 0 && sources.length === 0 && <p className="t2">It gave no evidence.</p>}
      {untrusted.map((each, at) => (
        // Evidence has no identity but its place in the list.
        <Untrusted key={at} source={<Source of={each} />} text={each.excerpt ?? ''} />
      ))}
      {others.map((each, at) => (
        <Said key={at} by={<Source of={each} />} icon={FileText} text={each.excerpt ?? 'no excerpt given'} />
      ))}
      {sources.length > 0 && (
        <div className="said untrusted">
          <header>
            <Icon of={ShieldAlert} />
            Untrusted content its run has read. Named by the agent.
          </header>
          <ul>
            {sources.map((source) => (
              <li key={source}>
                <HostileText text={source} max={200} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  )
}

function Source({ of: evidence }: { of: Evidence }) {
  return (
    <>
      <HostileText text={evidence.title} max={200} />
      {evidence.uri && (
        <>
          {', '}
          <span className="mono">
            <HostileText text={evidence.uri} max={200} />
          </span>
        </>
      )}
    </>
  )
}

function countWords(sources: number, untrusted: number): string {
  if (sources === 0) return 'nothing named'
  return `${sources} ${sources === 1 ? 'source' : 'sources'}, ${untrusted} untrusted`
}
