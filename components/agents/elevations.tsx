import Link from 'next/link'
import { askedWords } from '@/lib/approvals/asked'
import type { Elevation } from '@/lib/boundary/boundary'
import { durationWords } from '@/lib/boundary/duration'
import type { ElevationView } from '@/lib/boundary/read-elevations'
import { paths } from '@/lib/core/paths'
import type { Flash } from '@/lib/people/session-flash'
import { saidTo } from '../people/said'
import { Section } from '../shell/page'
import { Table, Td, Th } from '../table/table'
import { ButtonLink } from '../ui/button'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'
import { AnswerElevation, AskElevation, EndElevation } from './elevation-forms'

const STATUS: Record<ElevationView['status'], string> = {
  waiting: 'Waits for an answer',
  refused: 'Refused',
  expired: 'Nobody answered in time',
  live: 'In force',
  ended: 'Ended',
}

/** What is granted for a while with what is left of it, what waits for an answer, the ceiling, and what there was before. */
export function Elevations({
  slug,
  ceiling,
  elevations,
  may,
  asking,
  chosen,
  flash,
}: {
  slug: string
  ceiling: Elevation | undefined
  elevations: readonly ElevationView[]
  may: { ask: boolean; end: boolean }
  /** the form to ask is open */
  asking: boolean
  /** the one whose form is open; else the first: a page has one such form at a time, so that each field has one name */
  chosen: string | undefined
  flash: Flash | undefined
}) {
  if (ceiling === undefined && elevations.length === 0) return null
  const base = `/api/console/agents/${slug}/elevations`
  const open = elevations.filter(({ status }) => status === 'live' || status === 'waiting')
  const opened = asking ? undefined : (open.find(({ id }) => id === chosen) ?? open[0])
  const past = elevations.filter(({ status }) => status !== 'live' && status !== 'waiting')
  return (
    <Section
      id="elevations"
      title="More for a while"
      aside={
        ceiling
          ? `at most ${durationWords(ceiling.longest)}, granted by ${askedWords(ceiling.granted_by)}`
          : 'nothing may be granted now'
      }
      right={
        may.ask &&
        ceiling !== undefined &&
        !asking && (
          <ButtonLink size="sm" href={`${paths.agent(slug)}?act=elevate#elevations`}>
            Ask for more…
          </ButtonLink>
        )
      }
    >
      {asking && ceiling !== undefined && may.ask && (
        <AskElevation slug={slug} ceiling={ceiling} said={saidTo(flash, base)} />
      )}
      {open.map((one) => (
        <article key={one.id} className="gap-above" aria-label={`${STATUS[one.status]}: ${one.what}`}>
          <p>
            <b>{STATUS[one.status]}</b>: {one.what}
            {one.status === 'live' && one.endsAt ? (
              <>
                , <Time at={one.endsAt} show="left" /> left, granted by {one.granter}
              </>
            ) : (
              `, for ${durationWords(one.lengthMs)}`
            )}
            .
          </p>
          <p className="t2">
            {one.requester} asked on <Time at={one.requestedAt} />: “<HostileText text={one.reason} max={600} />”
          </p>
          {one !== opened && (
            <p>
              <Link href={`${paths.agent(slug)}?elevation=${one.id}#elevations`}>
                {one.status === 'live' ? 'End it sooner' : 'Answer it'}
              </Link>
            </p>
          )}
          {one === opened && one.status === 'live' && may.end && (
            <EndElevation
              action={`${base}/${one.id}/end`}
              said={saidTo(flash, `${base}/${one.id}/end`)}
              what={one.what}
            />
          )}
          {one === opened && one.status === 'waiting' && one.approval && (
            <AnswerElevation
              action={`${base}/${one.id}/answer`}
              approval={one.approval}
              said={saidTo(flash, `${base}/${one.id}/answer`)}
              what={one.what}
            />
          )}
        </article>
      ))}
      {open.length === 0 && !asking && (
        <p className="t2">Nothing is granted now: it may do what its boundary says, and no more.</p>
      )}
      {past.length > 0 && (
        <div className="gap-above">
          <Table label="Elevations before">
            <thead>
              <tr>
                <Th>What</Th>
                <Th>Asked</Th>
                <Th>What became of it</Th>
              </tr>
            </thead>
            <tbody>
              {past.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{one.what}</th>
                  <Td>
                    {one.requester}, <Time at={one.requestedAt} />
                  </Td>
                  <Td>
                    {STATUS[one.status]}
                    {one.status === 'ended' && (
                      <>
                        {' '}
                        {one.ender === null ? 'by itself' : `by ${one.ender}`},{' '}
                        <Time at={one.endedAt ?? one.endsAt ?? 0} />
                      </>
                    )}
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </Section>
  )
}
