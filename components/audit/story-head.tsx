import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { endWords, type Story } from '@/lib/audit/story'
import { summarise } from '@/lib/audit/story-summary'
import { sentence } from '@/lib/decisions/sentence'
import { CopyButton } from '../ui/copy-button'
import { StateWord } from '../ui/state-word'
import { isStateName } from '../ui/state-words'
import { Sentence } from '../ui/sentence'
import { Time } from '../ui/time'
import { PrintButton } from './print-button'
import { StorySummary } from './story-summary'

/** The story in a sentence: what became of it, in our words, and then what it was about, in the agent's. */
export function StoryHead({ story, link }: { story: Story; link: string }) {
  const { asked } = story
  const state = story.frozen ? 'frozen' : story.status
  const parts = sentence({
    agent: story.agent.slug,
    tool: asked.tool,
    arguments: objectOf(asked.arguments),
    resource: asked.resource,
  }).slice(1)
  return (
    <>
      <header className="head storyhead">
        <div>
          <nav className="crumbs" aria-label="Where this is">
            <Link href={paths.audit()}>Audit</Link> / <span className="mono">{story.action.slice(0, 16)}</span>
          </nav>
          <h1>
            {story.agent.slug} {endWords(story)}
          </h1>
          <p className="lead">
            {isStateName(state) && <StateWord state={state} />} It asked to <Sentence parts={parts} />,{' '}
            <Time at={asked.at} show="full" />.
          </p>
        </div>
        <div className="acts">
          <CopyButton text={link} what="the link" label="Copy link" />
          <PrintButton />
        </div>
      </header>
      <StorySummary sentences={summarise(story, parts)} link={link} />
    </>
  )
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
