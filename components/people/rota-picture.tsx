import { Table, Td, Th } from '@/components/table/table'
import type { RotaDay } from '@/lib/people/read-rota'

const WEEK = 7

/** The next weeks, a row each: who is on call on which day, and where nobody is for some time of it. */
export function RotaPicture({ days }: { days: readonly RotaDay[] }) {
  const weeks = Array.from({ length: Math.ceil(days.length / WEEK) }, (_, i) => days.slice(i * WEEK, (i + 1) * WEEK))
  return (
    <Table label="The next four weeks" density={40}>
      <thead>
        <tr>
          <Th>From (UTC)</Th>
          {(weeks[0] ?? []).map(({ day }) => (
            <Th key={day}>{weekday(day)}</Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]?.day}>
            <th scope="row">{week[0]?.day}</th>
            {week.map(({ day, names, gap }) => (
              <Td key={day} quiet={!gap}>
                {names.join(', ')}
                {gap && <b>{names.length === 0 ? 'nobody' : '; for a while nobody'}</b>}
              </Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const weekday = (day: string): string =>
  new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
