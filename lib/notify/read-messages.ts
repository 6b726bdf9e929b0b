import type { Sql } from '@/lib/ledger/sql'
import type { Message } from './message'
import { sayAlerts, sayApprovals, sayBoundaries, sayHalts, type Over } from './say-message'
import type { NotificationRow } from './store-notification'
import { alertThings, approvalThings, boundaryThings, haltThings } from './store-things'

/** A message as it is said now, or why nothing is said any more: read when it is sent, never when it was queued. */
export type Said = { row: NotificationRow; message: Message } | { row: NotificationRow; over: Over['over'] }

/** What messages say now, in their order. */
export async function readMessages(sql: Sql, rows: readonly NotificationRow[], now: Date): Promise<Said[]> {
  const ids = (noun: string) => [
    ...new Set(rows.filter(({ thread }) => thread.startsWith(`${noun}:`)).flatMap(({ things }) => things)),
  ]
  const [approvals, boundaries, alerts, halts] = await Promise.all([
    approvalThings(sql, ids('approval')),
    boundaryThings(sql, ids('boundary')),
    alertThings(sql, ids('alert')),
    haltThings(sql, ids('halt')),
  ])
  const of = <T extends { id: string }>(all: readonly T[], things: readonly string[]): T[] =>
    things.flatMap((id) => all.find((one) => one.id === id) ?? [])
  return rows.map((row) => {
    const { thread, things } = row
    const said = thread.startsWith('approval:')
      ? sayApprovals(row, of(approvals, things), now)
      : thread.startsWith('boundary:')
        ? sayBoundaries(row, of(boundaries, things))
        : thread.startsWith('alert:')
          ? sayAlerts(row, of(alerts, things))
          : sayHalts(row, of(halts, things))
    return 'over' in said ? { row, over: said.over } : { row, message: said }
  })
}
