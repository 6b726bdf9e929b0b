import type { Outcome } from '@/lib/ledger/entry'
import type { EntryKind } from '@/lib/ledger/entry-kinds'

/** The release of the schema these tables follow (schema.ocsf.io). */
export const OCSF_VERSION = '1.8.0'

/** The event classes an entry can become: OCSF's `category_uid` and `class_uid`. */
export const CLASSES = {
  /** decisions, and what followed them */
  api_activity: { category: 6, uid: 6003 },
  /** agents, boundaries, people, halts, keys: everything that is made, changed and ended */
  entity_management: { category: 3, uid: 3004 },
  detection_finding: { category: 2, uid: 2004 },
} as const
export type ClassName = keyof typeof CLASSES

/** Which class a noun of the ledger belongs to; a noun that is not here is managed as an entity. */
export const NOUN_CLASSES: Readonly<Record<string, ClassName>> = {
  action: 'api_activity',
  conclusion: 'api_activity',
  alert: 'detection_finding',
}

/** `activity_id` of Entity Management by what happened: the whole kind first, then the participle; else 3, Update. */
export const ENTITY_ACTIVITIES: Readonly<Record<string, number>> = {
  opened: 1,
  created: 1,
  registered: 1,
  drafted: 1,
  invited: 1,
  joined: 1,
  assigned: 1,
  raised: 1,
  begun: 1,
  made: 2,
  read: 2,
  signed_in: 2,
  'payload.read': 2,
  protected: 10,
  unprotected: 11,
  revoked: 4,
  erased: 4,
  retired: 4,
  withdrawn: 4,
  ended: 4,
  closed: 4,
  'boundary.signed': 8,
  'boundary.tightened': 8,
  'baseline.signed': 8,
  'halt.engaged': 8,
  'halt.lifted': 9,
  activated: 10,
  reactivated: 10,
  deactivated: 11,
  suspended: 12,
  resumed: 13,
}

/** `activity_id` of Detection Finding by participle; else 2, Update. */
export const FINDING_ACTIVITIES: Readonly<Record<string, number>> = { raised: 1 }

export const ACTIVITY_NAMES: Readonly<Record<ClassName, Readonly<Record<number, string>>>> = {
  api_activity: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 99: 'Other' },
  entity_management: {
    1: 'Create',
    2: 'Read',
    3: 'Update',
    4: 'Delete',
    8: 'Enable',
    9: 'Disable',
    10: 'Activate',
    11: 'Deactivate',
    12: 'Suspend',
    13: 'Resume',
  },
  detection_finding: { 1: 'Create', 2: 'Update', 3: 'Close' },
}

/**
 * What a control answered: `action_id` (1 Allowed, 2 Denied, 0 Unknown while it is open) and `disposition_id` of the
 * `security_control` profile. A held action is Delayed: nothing was let through and nothing refused.
 */
export const DISPOSITIONS: Readonly<Partial<Record<Outcome, { action: 0 | 1 | 2; id: number; name: string }>>> = {
  allow: { action: 1, id: 1, name: 'Allowed' },
  hold: { action: 0, id: 14, name: 'Delayed' },
  forbid: { action: 2, id: 2, name: 'Blocked' },
  approved: { action: 1, id: 8, name: 'Approved' },
  rejected: { action: 2, id: 25, name: 'Rejected' },
  expired: { action: 2, id: 6, name: 'Dropped' },
}

/** The class of an entry's kind. */
export function classOf(kind: EntryKind): { name: ClassName; category: number; uid: number } {
  const name = NOUN_CLASSES[kind.slice(0, kind.indexOf('.'))] ?? 'entity_management'
  return { name, ...CLASSES[name] }
}
