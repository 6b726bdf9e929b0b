import Link from 'next/link'
import type { Grade } from '@/lib/agents/grade'
import { answersOf } from '@/lib/boundary/answers'
import type { Standing } from '@/lib/boundary/read'
import type { Baseline } from '@/lib/boundary/boundary'
import { overruled } from '@/lib/boundary/overruled'
import { radiusOf } from '@/lib/boundary/radius'
import { reachOf, reachSentence } from '@/lib/boundary/reach'
import { asBoundary } from '@/lib/boundary/subject'
import { digestText } from '@/lib/core/digest-text'
import { paths } from '@/lib/core/paths'
import { AnswersTable } from '../boundary/answers-table'
import { ModeNote } from '../boundary/mode-note'
import { OverruledTable } from '../boundary/overruled-table'
import { RadiusList, unchanged } from '../boundary/radius-list'
import { SentenceText } from '../boundary/sentence'
import { Section } from '../shell/page'
import { Digest } from '../ui/digest'
import { Seat, Seats } from '../ui/seat'
import { Time } from '../ui/time'
import { GradeWord } from './grade'
import { GRADE_WORDS, gradeKey } from './grade-words'

/** The blast radius first, then the two lines of the signature, then what is answered where. */
export function BoundarySection({
  slug,
  standing,
  baseline,
  now,
  draftable,
  grade,
}: {
  slug: string
  standing: Standing
  /** the organisation's, in force */ baseline: Baseline | null
  now: Date
  draftable: boolean
  /** how well a halt would hold it */ grade: Grade | null
}) {
  const { inForce, draft, catalogue } = standing
  const document = inForce && asBoundary(inForce.document)
  const overruledBy =
    document && baseline ? overruled(document, baseline, catalogue).map((one) => ({ ...one, agent: null })) : []
  const waits = draft && (
    <Link href={paths.boundary(slug, draft.version)}>Version {draft.version} waits for a signature</Link>
  )
  return (
    <>
      <Section id="worst" title="The worst it can do before somebody notices">
        {document && <ModeNote mode={document.mode} now={now} />}
        <p className="lede">
          <SentenceText of={reachSentence(document && reachOf(document, catalogue, baseline, now.getTime()))} />
        </p>
        {document && (
          <RadiusList
            items={unchanged(
              radiusOf(document, catalogue, baseline, {
                now: now.getTime(),
                lapsesAt: inForce.lapsesAt?.getTime() ?? null,
              }),
            )}
          />
        )}
        <p className="under">
          Once somebody notices: {GRADE_WORDS[gradeKey(grade)].halt} <GradeWord grade={grade} />
        </p>
      </Section>
      {inForce === null || document === null ? (
        <Section id="boundary" title="No boundary is signed" aside="so everything it asks is forbidden" right={waits}>
          <p className="t2">
            {draft !== null
              ? `${draft.drafter} drafted version ${String(draft.version)}. A ciso who did not draft it has to sign it.`
              : 'Its owner drafts one, and a ciso who did not draft it signs it.'}{' '}
            {draft === null && draftable && <Link href={paths.draftBoundary(slug)}>Draft its boundary</Link>}
          </p>
        </Section>
      ) : (
        <Section
          id="boundary"
          title={inForce.lapsesAt !== null && inForce.lapsesAt <= now ? 'Boundary, lapsed' : 'Boundary in force'}
          aside={
            <>
              version {inForce.version}, {inForce.lapsesAt !== null && inForce.lapsesAt <= now ? 'lapsed' : 'lapses'}{' '}
              {inForce.lapsesAt && <Time at={inForce.lapsesAt} show="day" />}
            </>
          }
          right={waits ?? <Link href={paths.boundary(slug, inForce.version)}>Read version {inForce.version}</Link>}
        >
          <Seats>
            <Seat
              seat="taken"
              who={inForce.signer}
              at={inForce.signedAt && <Time at={inForce.signedAt} />}
              under="signed it, as ciso"
            />
            <Seat
              seat="taken"
              hand="drafted"
              plain
              who={inForce.drafter}
              at={<Time at={inForce.draftedAt} />}
              under={
                <>
                  drafted it · <Digest value={digestText(inForce.digest)} what="the digest that was signed" />
                </>
              }
            />
          </Seats>
          {baseline && overruledBy.length > 0 && (
            <div className="gap-above">
              <h3>
                The baseline is stricter on {overruledBy.length === 1 ? 'one clause' : `${overruledBy.length} clauses`}
              </h3>
              <OverruledTable of={overruledBy} />
            </div>
          )}
          <div className="gap-above">
            <AnswersTable rows={answersOf(document, catalogue)} />
          </div>
        </Section>
      )}
    </>
  )
}
