import { ChevronDown, ChevronUp } from 'lucide-react'
import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from '../ui/class-names'
import { Icon } from '../ui/icon'
import { Skeleton } from '../ui/skeleton'

type TableProps = {
  /** Names the table for those who cannot see where it stands. */
  label: string
  /** 28 where rows are scanned (audit), 32 as a rule, 40 where each row is weighed. */
  density?: 28 | 32 | 40
  /** Column widths are as given by `cols`; texts too long for theirs end in an ellipsis. */
  cols?: readonly (string | null)[]
  /** The head stays in sight while the page scrolls. */
  sticky?: boolean
  /** Old rows stay while new ones are read, under a thin bar. */
  reading?: boolean
  /** What is shown may be out of date, and acting on it would be a mistake. */
  stale?: boolean
  children: ReactNode
}

/** The one table of the console: native, ruled, scrolling by itself on a narrow screen so that the page never does. */
export function Table({ label, density = 32, cols, sticky, reading, stale, children }: TableProps) {
  return (
    <div
      className={classNames('tw', sticky && 'stick', reading && 'refetch', stale && 'dim')}
      role="group"
      aria-label={label}
      tabIndex={0}
    >
      <table className={classNames(density !== 32 && `c${density}`, cols && 'laid')} aria-busy={reading || undefined}>
        {cols && (
          <colgroup>
            {cols.map((width, at) => (
              // a column is its position
              <col key={at} width={width ?? undefined} />
            ))}
          </colgroup>
        )}
        {children}
      </table>
    </div>
  )
}

/** A column head. `num` aligns numbers right; `sort` says the order the rows are in, `sortHref` leads to the other one. */
export function Th({
  children,
  num,
  sort,
  sortHref,
  ...rest
}: { children: ReactNode; num?: boolean; sort?: 'ascending' | 'descending'; sortHref?: string } & Pick<
  ComponentProps<'th'>,
  'colSpan'
>) {
  const words = (
    <>
      {children}
      {sort && <Icon of={sort === 'ascending' ? ChevronUp : ChevronDown} size="xs" />}
    </>
  )
  return (
    <th {...rest} scope="col" className={num ? 'num' : undefined} aria-sort={sort}>
      {sortHref ? <Link href={sortHref}>{words}</Link> : words}
    </th>
  )
}

/** A cell. Agent-supplied text goes through `HostileText` first. */
export function Td({
  children,
  num,
  wrap,
  quiet,
  mono,
  title,
  colSpan,
}: { children?: ReactNode; num?: boolean; wrap?: boolean; quiet?: boolean; mono?: boolean } & Pick<
  ComponentProps<'td'>,
  'title' | 'colSpan'
>) {
  return (
    <td
      className={classNames(num && 'num', wrap && 'wrap', quiet && 't2', mono && 'mono') || undefined}
      title={title}
      colSpan={colSpan}
    >
      {children}
    </td>
  )
}

/** The cell that names its row: a real link to the thing, then what is said of it in a quieter voice. */
export function RowLink({
  href,
  children,
  mono,
  aside,
}: {
  href: string
  children: ReactNode
  mono?: boolean
  aside?: ReactNode
}) {
  return (
    <th scope="row">
      <Link className={mono ? 'q mono' : 'q'} href={href}>
        {children}
      </Link>
      {aside && <span className="t3"> {aside}</span>}
    </th>
  )
}

/** A row that begins a day. */
export function DayRow({ columns, children }: { columns: number; children: ReactNode }) {
  return (
    <tr className="day">
      <th scope="rowgroup" colSpan={columns}>
        {children}
      </th>
    </tr>
  )
}

/** Rows that have not arrived: same height, same columns, hidden from assistive technology; the region says "Loading …" once. */
export function SkeletonRows({ columns, rows = 6 }: { columns: number; rows?: number }) {
  return (
    <tbody className="skel" aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        <tr key={row}>
          {Array.from({ length: columns }, (__, column) => (
            <td key={column}>
              <Skeleton size={(row + column) % 3 === 0 ? 's' : (row + column) % 3 === 1 ? 'l' : undefined} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  )
}
