import Link from 'next/link'
import { headline } from '@/lib/boundary/change'
import type { ListedBoundary } from '@/lib/boundary/read'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { RowLink, Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** How a boundary is called in a list: its agent's name; the organisation's own is said in words. */
const nameOf = (slug: string): string => (slug === 'baseline' ? 'Baseline of the organisation' : slug)

/** Drafts that wait for a signature, the one that waits longest first. */
export function WaitingTable({
  rows,
}: {
  rows: readonly (ListedBoundary & { draft: NonNullable<ListedBoundary['draft']> })[]
}) {
  return (
    <Table label="Waiting for a signature" density={40}>
      <thead>
        <tr>
          <Th>For</Th>
          <Th>What it would do</Th>
          <Th>Drafted by</Th>
          <Th>Waits since</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ slug, team, draft, inForce }) => (
          <tr key={slug}>
            <RowLink href={paths.boundary(slug, draft.version)} aside={team}>
              {nameOf(slug)}
            </RowLink>
            <Td wrap>{headline(draft.version, draft.changes, inForce === null)}</Td>
            <Td>
              <Link className="q" href={paths.person(publicId('person', draft.draftedBy))}>
                {draft.drafter}
              </Link>
            </Td>
            <Td>
              <Time at={draft.draftedAt} show="relative" />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** Soon enough to prepare the next version. */
const SOON_MS = 14 * 86_400_000

/** What is in force, by name; what has lapsed or was never signed says so. */
export function InForceTable({ rows, now }: { rows: readonly ListedBoundary[]; now: Date }) {
  return (
    <Table label="Boundaries">
      <thead>
        <tr>
          <Th>For</Th>
          <Th>State</Th>
          <Th>Version</Th>
          <Th>Signed by</Th>
          <Th>Signed</Th>
          <Th>Lapses</Th>
          <Th>Answers for it</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ slug, inForce, owner, draft }) => (
          <tr key={slug}>
            <RowLink href={hrefOf(slug, inForce?.version ?? draft?.version)}>{nameOf(slug)}</RowLink>
            <Td>
              <StateOf slug={slug} inForce={inForce} now={now} />
            </Td>
            <Td>{inForce === null ? <span className="t3">none</span> : `v${String(inForce.version)}`}</Td>
            <Td>{inForce?.signer}</Td>
            <Td quiet>{inForce && <Time at={inForce.signedAt} show="day" />}</Td>
            <Td>{inForce && <Lapse at={inForce.lapsesAt} now={now} />}</Td>
            <Td>
              {owner && (
                <Link className="q" href={paths.person(publicId('person', owner.id))}>
                  {owner.name}
                </Link>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const hrefOf = (slug: string, version: number | undefined): string =>
  version === undefined ? paths.draftBoundary(slug) : paths.boundary(slug, version)

function StateOf({ slug, inForce, now }: { slug: string; inForce: ListedBoundary['inForce']; now: Date }) {
  if (inForce === null)
    return slug === 'baseline' ? (
      <StateWord state="draft" word="None signed" />
    ) : (
      <StateWord state="unsigned" word="Nothing signed" />
    )
  // A floor goes on holding: what lapses is only the word that somebody looked at it.
  if (inForce.lapsesAt <= now) return <StateWord state="lapsed" word={slug === 'baseline' ? 'Look again' : 'Lapsed'} />
  return <StateWord state="in_force" />
}

function Lapse({ at, now }: { at: Date; now: Date }) {
  const left = at.getTime() - now.getTime()
  if (left > SOON_MS)
    return (
      <span className="t2">
        <Time at={at} show="day" />
      </span>
    )
  return (
    <span className="st hold">
      <Time at={at} show="relative" />
    </span>
  )
}
