import { cutTo, plainLine, type Message } from './message'
import type { PagerAct } from './notification'

/** PagerDuty's four severities for our three. */
const SEVERITY = { notice: 'info', warning: 'warning', critical: 'critical' } as const

/**
 * An event for PagerDuty's Events API v2, or what speaks like it. `dedup_key` names the thing it is about (an alert, a halt, a request), so
 * that what closes here closes there, and a repeat opens nothing. Whoever acknowledges there decides nothing here.
 * @param message null to acknowledge or resolve, which say nothing
 */
export function formatPagerduty(
  message: Message | null,
  {
    act,
    thread,
    routingKey,
    origin,
    at,
  }: { act: PagerAct; thread: string; routingKey: string; origin: string; at: Date },
): object {
  const event = { routing_key: routingKey, event_action: act, dedup_key: `countersign:${thread}`.slice(0, 255) }
  if (act !== 'trigger' || message === null) return event
  return {
    ...event,
    client: 'Countersign',
    client_url: `${origin}${message.path}`,
    links: [{ href: `${origin}${message.path}`, text: 'Open it in Countersign' }],
    payload: {
      summary: cutTo(plainLine(message.title), 1_000),
      source: new URL(origin).hostname,
      severity: SEVERITY[message.severity],
      timestamp: at.toISOString(),
      class: thread.split(':', 1)[0],
      custom_details: Object.fromEntries(message.lines.map(({ label, words }) => [label, plainLine(words)])),
    },
  }
}
