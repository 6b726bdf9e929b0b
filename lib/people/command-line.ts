import type { Act } from './acts'

/**
 * What a person may do over a command line they logged in (ADR 0055): a closed list, whatever else their roles let them do in a browser. It
 * reads, drafts, asks, registers, and makes things stricter. What is not here needs the person's eyes on a page, or their passkey: verdicts,
 * signatures, lifting and resuming, and everything about people, settings and security. An act added to the permission table is refused
 * until somebody adds it here.
 */
const OVER_COMMAND_LINE: ReadonlySet<string> = new Set<Act>([
  // reads
  'agent.read',
  'alert.read',
  'approval.read',
  'audit.export',
  'audit.read',
  'boundary.read',
  'boundary.simulate',
  'boundary.test',
  'console.read',
  'enforcement_point.read',
  'halt.read',
  'ledger.read',
  'on_call.read',
  'person.read',
  'review.read',
  'scrutiny.read',
  'session.read',
  'tool.read',
  'upstream.read',
  // registers, drafts and asks: somebody else, or they themselves in a browser, says yes
  'agent.register',
  'agent.edit',
  'agent.activate',
  'baseline.draft',
  'boundary.draft',
  'boundary.withdraw',
  'credential.create',
  'credential.rotate',
  'elevation.ask',
  'tool.register',
  // stops, and makes stricter
  'agent.retire',
  'agent.suspend',
  'boundary.tighten',
  'credential.revoke',
  'drill.run',
  'elevation.end',
  'enforcement_point.revoke',
  'halt.engage',
  'resource.protect',
  'upstream.disconnect',
])

/** Whether an act is on the list; anything unknown is not. */
export function overCommandLine(act: string): boolean {
  return OVER_COMMAND_LINE.has(act)
}
