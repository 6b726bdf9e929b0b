import { publicId } from '@/lib/core/ids'
import type { Entry } from '@/lib/ledger/entry'
import {
  ACTIVITY_NAMES,
  classOf,
  DISPOSITIONS,
  ENTITY_ACTIVITIES,
  FINDING_ACTIVITIES,
  OCSF_VERSION,
  type ClassName,
} from './ocsf-map'

/** What of an entry becomes an OCSF event. Names and projection are what the reader of the event may see; null where not. */
export type OcsfSource = {
  /** its place in the log; null while it has none */
  index: number | null
  entry: Entry
  /** SHA-256(0x00 ‖ bytes), hexadecimal */
  leaf: string
  /** the agent's slug */
  agent?: string | null
  /** what lists show: hostile text, carried as data */
  tool?: string | null
  resource?: { type: string | null; id: string } | null
}

/** One OCSF event: JSON. */
export type OcsfEvent = Readonly<Record<string, unknown>>

/**
 * An entry as an event of OCSF 1.8.0: a decision and what follows it is API Activity (6003) with the `security_control`
 * profile, an alert is a Detection Finding (2004), everything else Entity Management (3004); which, the table in `ocsf-map.ts`
 * says. Every attribute the schema requires of those classes is there. What has no attribute is in `unmapped`, never dropped. Pure.
 * @param origin the name the log signs under
 */
export function toOcsf(source: OcsfSource, origin: string): OcsfEvent {
  const { entry } = source
  const { name, category, uid } = classOf(entry.kind)
  const activity = activityOf(name, entry)
  return {
    activity_id: activity,
    activity_name: ACTIVITY_NAMES[name][activity] ?? 'Other',
    category_uid: category,
    class_uid: uid,
    type_uid: uid * 100 + activity,
    severity_id: severityOf(entry),
    time: Date.parse(entry.time),
    message: messageOf(source),
    metadata: metadataOf(source, origin, name),
    ...bodies[name](source),
    unmapped: unmappedOf(source),
  }
}

const bodies: Record<ClassName, (source: OcsfSource) => object> = {
  api_activity: apiActivity,
  entity_management: entityManagement,
  detection_finding: detectionFinding,
}

function apiActivity(source: OcsfSource): object {
  const { entry, agent, resource } = source
  const tool = source.tool ?? entry.tool ?? 'unknown'
  const dot = tool.indexOf('.')
  return {
    actor: actorOf(source),
    api: { operation: tool, service: { name: dot > 0 ? tool.slice(0, dot) : 'local' } },
    // Countersign is asked by an agent's harness and keeps no address of it: the endpoint is the agent, by its id.
    src_endpoint: { uid: entry.agent ?? 'unknown', ...(agent && { name: agent }) },
    ...(resource && { resources: [{ uid: resource.id, ...(resource.type && { type: resource.type }) }] }),
    ...securityControl(entry),
    ...statusOf(entry),
  }
}

/** Profile `security_control`: only where a control answered. */
function securityControl({ outcome, boundary, rule }: Entry): object {
  const disposition = outcome ? DISPOSITIONS[outcome] : undefined
  if (!disposition) return {}
  return {
    action_id: disposition.action,
    action: disposition.action === 1 ? 'Allowed' : disposition.action === 2 ? 'Denied' : 'Unknown',
    disposition_id: disposition.id,
    disposition: disposition.name,
    is_alert: outcome === 'forbid',
    ...(boundary && {
      policy: {
        name: 'boundary',
        uid: boundary.digest,
        version: String(boundary.version),
        ...(rule && { desc: rule }),
        is_applied: true,
      },
    }),
  }
}

function entityManagement(source: OcsfSource): object {
  const { entry } = source
  const noun = entry.kind.slice(0, entry.kind.indexOf('.'))
  const about = entry.about?.[noun as keyof typeof entry.about]
  const person = noun === 'person' || noun === 'invitation' ? entry.about?.person : null
  const uid = about ?? person ?? entry.agent ?? entry.id
  return {
    actor: actorOf(source),
    entity: {
      uid,
      type: noun,
      ...(uid === entry.agent && source.agent && { name: source.agent }),
      ...(entry.boundary && { version: String(entry.boundary.version) }),
    },
    status_id: 1,
    status: 'Success',
  }
}

function detectionFinding(source: OcsfSource): object {
  const { entry, agent } = source
  const acknowledged = entry.kind === 'alert.acknowledged'
  return {
    actor: actorOf(source),
    finding_info: {
      uid: entry.about?.alert ?? entry.id,
      title: titles[entry.kind] ?? 'An alert',
      ...(entry.kind === 'alert.raised' && { created_time: Date.parse(entry.time) }),
    },
    is_alert: !acknowledged,
    status_id: acknowledged ? 2 : 1,
    status: acknowledged ? 'In Progress' : 'New',
    ...(entry.agent && { resources: [{ uid: entry.agent, type: 'agent', ...(agent && { name: agent }) }] }),
  }
}

const titles: Readonly<Record<string, string>> = {
  'alert.raised': 'An alert was raised about an agent',
  'alert.escalated': 'Nobody took up an alert in time',
  'alert.acknowledged': 'Somebody took up an alert',
}

function actorOf({ entry, agent }: OcsfSource): object {
  if (entry.actor === 'system') return { app_name: 'Countersign' }
  if (entry.actor === 'agent') return { app_uid: entry.agent, ...(agent && { app_name: agent }) }
  return { user: { uid: entry.actor.slice('person:'.length), type_id: 1, type: 'User' } }
}

function metadataOf({ index, entry }: OcsfSource, origin: string, name: ClassName): object {
  const controlled = name === 'api_activity' && entry.outcome && entry.outcome in DISPOSITIONS
  return {
    version: OCSF_VERSION,
    product: { name: 'Countersign', vendor_name: 'Countersign' },
    uid: publicId('entry', entry.id),
    log_name: origin,
    event_code: entry.kind,
    original_time: entry.time,
    ...(index !== null && { sequence: index }),
    ...(entry.run && { correlation_uid: entry.run }),
    ...(entry.labels && entry.labels.length > 0 && { labels: entry.labels }),
    ...(controlled && { profiles: ['security_control'] }),
  }
}

/** Everything OCSF has no attribute for, under the ledger's own names; the leaf hash and the index find its proof. */
function unmappedOf({ index, entry, leaf }: OcsfSource): object {
  const { id, owner, accountable, action, outcome, reason, rule, verdicts, about, commitment } = entry
  const kept = {
    id,
    owner,
    accountable,
    action,
    outcome,
    reason,
    rule,
    verdicts,
    about,
    commitment,
    class: entry.class,
  }
  const present = Object.entries(kept).filter(([, value]) => value !== undefined && value !== null)
  return { countersign: { ...Object.fromEntries(present), log_index: index, leaf_hash: leaf } }
}

function activityOf(name: ClassName, entry: Entry): number {
  const participle = entry.kind.slice(entry.kind.indexOf('.') + 1)
  if (name === 'detection_finding') return FINDING_ACTIVITIES[participle] ?? 2
  if (name === 'entity_management') return ENTITY_ACTIVITIES[entry.kind] ?? ENTITY_ACTIVITIES[participle] ?? 3
  return entry.class?.access === 'read' ? 2 : entry.class?.access === 'write' ? 3 : 99
}

/** `severity_id`: what was forbidden or failed is low, what stops agents high; an alert is medium, an escalated one high. */
function severityOf({ kind, outcome, labels }: Entry): number {
  if (kind === 'alert.raised') return 3
  if (kind === 'alert.escalated' || labels?.includes('break_glass')) return 4
  if (kind === 'halt.engaged') return labels?.includes('drill') ? 1 : 4
  return outcome === 'forbid' || outcome === 'failed' || outcome === 'rejected' ? 2 : 1
}

function statusOf({ kind, outcome }: Entry): object {
  if (kind !== 'action.completed') return {}
  const succeeded = outcome === 'succeeded'
  return { status_id: succeeded ? 1 : 2, status: succeeded ? 'Success' : 'Failure' }
}

function messageOf({ entry, agent }: OcsfSource): string {
  const what = entry.outcome ? `${entry.kind}: ${entry.outcome}` : entry.kind
  const why = entry.reason ? ` (${entry.reason})` : ''
  return `${what}${why}${agent ? `, agent ${agent}` : ''}`
}
