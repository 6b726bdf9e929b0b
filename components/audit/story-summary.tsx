import type { SummaryPart, SummarySentence } from '@/lib/audit/story-summary'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'

/** The story for somebody who has never seen the product (C28): one paragraph, the words of agents and people set apart in it. */
export function StorySummary({ sentences, link }: { sentences: readonly SummarySentence[]; link: string }) {
  return (
    <section className="why" aria-labelledby="in-short">
      <h2 id="in-short">In short</h2>
      <p>
        {sentences.map((parts, n) => (
          <span key={n}>
            {parts.map((part, at) => (
              <Part key={at} part={part} />
            ))}{' '}
          </span>
        ))}
      </p>
      <p className="print-only s12">This page: {link}</p>
    </section>
  )
}

function Part({ part }: { part: SummaryPart }) {
  switch (part.is) {
    case 'text':
      return part.text
    case 'strong':
      return <b>{part.text}</b>
    case 'time':
      return <Time at={part.at} show="full" />
    case 'data':
      return (
        <em className="data">
          <HostileText text={part.text} max={160} />
        </em>
      )
    case 'quote':
      return (
        <q>
          <HostileText text={part.text} max={1_200} />
        </q>
      )
  }
}
