import Link from 'next/link'
import type { Naming } from '@/lib/boundary/naming'
import { digestText } from '@/lib/core/digest-text'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { ToolDetail } from '@/lib/tools/read'
import { suggestedClass } from '@/lib/tools/suggest'
import { Block } from '../shell/page'
import { Digest } from '../ui/digest'
import { Fact, Facts } from '../ui/facts'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { SURFACE_WORDS } from './class-fields'
import { classWords, SOURCE_WORDS } from './class-words'

/** What is known of a tool at a glance: its state, who said what, where it is named, when it was last asked for. */
export function ToolAside({
  detail: { tool, seenBy },
  naming,
  lastUsed,
}: {
  detail: ToolDetail
  naming: readonly Naming[]
  /** null: never, as far as the reader may see; undefined: nobody can say in time */
  lastUsed: string | null | undefined
}) {
  const name = `${tool.server}.${tool.name}`
  const suggested = suggestedClass(tool.annotations)
  return (
    <>
      <Block title="State">
        <Facts width="narrow">
          <Fact term="State">
            {tool.confirmedAt !== null ? (
              <StateWord state="allow" word="Confirmed" />
            ) : (
              <StateWord
                state="hold"
                word={tool.changedAt === null ? 'To confirm' : 'Changed: every call asks a person'}
              />
            )}
          </Fact>
          {tool.confirmedAt !== null && tool.confirmedBy !== null && (
            <Fact term="Confirmed by">
              <Link href={paths.person(publicId('person', tool.confirmedBy.id))}>{tool.confirmedBy.name}</Link>,{' '}
              <Time at={tool.confirmedAt} />
            </Fact>
          )}
          {tool.changedAt !== null && (
            <Fact term="Changed">
              <Time at={tool.changedAt} />
            </Fact>
          )}
          <Fact term="Known since">
            <Time at={tool.createdAt} />
          </Fact>
          <Fact term="Said by">{SOURCE_WORDS[tool.source]}</Fact>
          {seenBy !== null && (
            <Fact term="First named">
              by <Link href={paths.agent(seenBy)}>{seenBy}</Link>
            </Fact>
          )}
          {tool.surface !== null && <Fact term="A way to">{SURFACE_WORDS[tool.surface]}</Fact>}
          <Fact term="Version">{tool.version}</Fact>
          <Fact term="Digest">
            <Digest value={digestText(tool.digest)} />
          </Fact>
          <Fact term="Last asked for">
            {lastUsed === undefined ? (
              'too long to find here.'
            ) : lastUsed === null ? (
              'not yet.'
            ) : (
              <Time at={new Date(lastUsed)} />
            )}{' '}
            <Link href={paths.audit({ q: `action:"${name}"`, last: '30d' })}>Open in audit</Link>
          </Fact>
        </Facts>
      </Block>
      {suggested !== null && (
        <Block title="What its server suggests">
          <p>It {classWords(suggested)}.</p>
          <p className="t3 s12">By its annotations, which decide nothing: a server may say of a tool what it likes.</p>
        </Block>
      )}
      <Block title="Named in boundaries">
        {naming.length === 0 ? (
          <p className="t2">No boundary in force names it, or has its server in scope.</p>
        ) : (
          <Facts width="narrow">
            {naming.map(({ slug, rules }) => (
              <Fact key={slug} term={<Link href={paths.agent(slug)}>{slug}</Link>}>
                {rules.map((rule) => (
                  <div className="mono s12" key={rule}>
                    {rule}
                  </div>
                ))}
              </Fact>
            ))}
          </Facts>
        )}
      </Block>
    </>
  )
}
