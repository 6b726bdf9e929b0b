import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import type { ListedChange, Simulation } from '@/lib/trials/read'
import { PostButton } from '../people/act-form'
import { Section } from '../shell/page'
import { Note } from '../ui/banner'
import { Button } from '../ui/button'
import { Time } from '../ui/time'
import { PastFigures } from './past-figures'
import { PastProgress } from './past-progress'
import { PastTable } from './past-table'

/** What a version would have answered in the last days: nothing yet, how far it is, or what it came to. */
export function PastSection({
  slug,
  version,
  may,
  simulation,
  changes,
  whole,
}: {
  slug: string
  version: number
  may: Permission
  simulation: Simulation | null
  changes: readonly ListedChange[]
  /** on its own page: without a link to it */
  whole?: boolean
}) {
  const result = simulation?.result ?? null
  const days = simulation ? Math.round((simulation.until.getTime() - simulation.since.getTime()) / 86_400_000) : 30
  const open = simulation?.status === 'queued' || simulation?.status === 'running'
  const listed = result?.moves.reduce((sum, { listed: count }) => sum + count, 0) ?? 0
  return (
    <Section
      id="past"
      title={`The last ${String(days)} days under version ${String(version)}`}
      aside={result ? `${result.decisions.toLocaleString('en')} decisions, replayed by the same rules` : undefined}
    >
      {!may.ok ? (
        <p className="t2">{may.reason}</p>
      ) : (
        <>
          {simulation?.stale === true && (
            <Note tone="hold">
              This is of an earlier text of the draft. Try it again to see what the text does now.
            </Note>
          )}
          {simulation?.status === 'failed' && (
            <Note tone="forbid">It could not be finished, and nothing is shown of it. Try it again.</Note>
          )}
          {result && <PastFigures result={result} slug={slug} version={version} />}
          {result && changes.length > 0 && <PastTable changes={changes} />}
          {result && !whole && listed > changes.length && (
            <p className="t2 s12">
              {changes.length} of {listed.toLocaleString('en')} shown.{' '}
              <Link href={paths.pastUnder(slug, version)}>All of them</Link>
            </p>
          )}
          {simulation && open && (
            <PastProgress id={simulation.id} progress={simulation.progress} seen={simulation.seen} />
          )}
          {simulation && open ? (
            <PostButton action={`/api/console/simulations/${simulation.id}/cancellation`}>Cancel</PostButton>
          ) : (
            <TryForm slug={slug} version={version} days={days} again={simulation !== null} />
          )}
          {simulation?.finishedAt && (
            <p className="t3 s12">
              Finished <Time at={simulation.finishedAt} />. That you asked, and what it came to, is in the ledger.
            </p>
          )}
        </>
      )}
    </Section>
  )
}

function TryForm({ slug, version, days, again }: { slug: string; version: number; days: number; again: boolean }) {
  return (
    <form
      className="try gap-above"
      method="post"
      action={`/api/console/boundaries/${slug}/${String(version)}/simulations`}
      aria-label="Try it on the past"
    >
      <label className="s12" htmlFor="past-days">
        Days{' '}
        <input
          id="past-days"
          name="days"
          type="number"
          min={1}
          max={366}
          defaultValue={days}
          required
          className="num"
        />
      </label>
      <Button type="submit" size="sm">
        {again ? 'Try it again' : 'Try it on the past'}
      </Button>
    </form>
  )
}
