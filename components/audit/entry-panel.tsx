import { ExternalLink, X } from 'lucide-react'
import Link from 'next/link'
import { entryTerms } from '@/lib/audit/entry-terms'
import type { OpenEntry } from '@/lib/audit/read-open'
import { endWords } from '@/lib/audit/story'
import type { Terms } from '@/lib/audit/term'
import { auditPath, EVERYTHING, type Address } from '@/lib/audit/view-address'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { CopyButton } from '../ui/copy-button'
import { Icon } from '../ui/icon'
import { StateWord } from '../ui/state-word'
import { EntryFields } from './entry-view'
import { KIND_WORDS, OUTCOME_STATES } from './entry-words'
import { PanelFields } from './panel-fields'
import { PanelKeys } from './panel-keys'
import { StoryAside } from './story-aside'
import { StoryView } from './story-view'

/** One entry beside the list: its action's story where it has one, then every fact it can be found by. On a phone, a page of its own. */
export function EntryPanel({
  open,
  address,
  terms,
  origin,
}: {
  open: OpenEntry
  address: Address
  terms: Terms
  /** the console's own address, for a link that can be copied */ origin: string
}) {
  const close = auditPath({ ...address, entry: null })
  const row = address.entry ?? ''
  const here = auditPath(address)
  const entry = open.is === 'entry' ? open.detail.entry : null
  return (
    <PanelKeys close={close} row={row}>
      <section className="story" aria-labelledby="open-entry">
        <p className="tolist">
          <Link href={close}>Back to the list</Link>
        </p>
        <header>
          <div className="meta">
            {entry?.outcome && <StateWord state={OUTCOME_STATES[entry.outcome]} />}
            <span className="mono">{row.slice(0, 12)}</span>
            <span className="r">
              <CopyButton text={new URL(here, origin).href} what="the link to this view" />
              {open.is === 'entry' && (
                <Link
                  className="icon-btn"
                  href={wholePage(open)}
                  aria-label="Open it as a page"
                  title="Open it as a page"
                >
                  <Icon of={ExternalLink} size="xs" />
                </Link>
              )}
              <Link className="icon-btn" href={close} aria-label="Close" title="Close (Escape)" scroll={false}>
                <Icon of={X} size="xs" />
              </Link>
            </span>
          </div>
          <h2 id="open-entry" tabIndex={-1}>
            {titleOf(open)}
          </h2>
        </header>
        {open.is === 'entry' ? (
          <>
            {open.story ? (
              <>
                <StoryView story={open.story} proof={null} />
                <StoryAside story={open.story} />
              </>
            ) : (
              <EntryFields detail={open.detail} />
            )}
            <PanelFields facts={entryTerms(open.detail, open.story)} terms={terms} address={address} />
            <Related open={open} address={address} />
          </>
        ) : (
          <p className="t2">
            {open.is === 'placeless'
              ? 'It was recorded a moment ago, and is about to get its place in the log. Read this page again.'
              : 'There is no such entry, or it is not for you to read.'}
          </p>
        )}
      </section>
    </PanelKeys>
  )
}

type Entry = Extract<OpenEntry, { is: 'entry' }>

/** What else was recorded about the same action, and in the same run. */
function Related({ open: { detail }, address: { span, tz } }: { open: Entry; address: Address }) {
  const run = detail.entry?.run
  const links = [
    detail.action && {
      href: auditPath({ ...EVERYTHING, span, tz, q: `id:${detail.action}` }),
      words: 'Every entry of this action',
    },
    run && { href: paths.run(publicId('run', run)), words: 'The run it happened in' },
    run && {
      href: auditPath({ ...EVERYTHING, span, tz, q: `run:${publicId('run', run)}` }),
      words: 'Everything of the same run',
    },
  ].filter((one) => typeof one === 'object' && one !== null)
  if (links.length === 0) return null
  return (
    <ul className="s12 rel">
      {links.map(({ href, words }) => (
        <li key={href}>
          <Link href={href}>{words}</Link>
        </li>
      ))}
    </ul>
  )
}

const wholePage = ({ detail }: Entry): string =>
  detail.action ? paths.action(detail.action) : paths.entry(detail.index)

function titleOf(open: OpenEntry): string {
  if (open.is !== 'entry') return open.is === 'placeless' ? 'Not sequenced yet' : 'Nothing to show'
  const { story, detail } = open
  if (story) return `${story.agent.slug} ${endWords(story)}.`
  return detail.entry ? KIND_WORDS[detail.entry.kind] : 'Not an entry'
}
