import { publicId } from '@/lib/core/ids'
import { kindOf, type Item } from './item'

/** Media types of one event and of several (CloudEvents 1.0.2, JSON format §3 and §4). */
export const CLOUDEVENT = 'application/cloudevents+json; charset=utf-8'
export const CLOUDEVENTS = 'application/cloudevents-batch+json; charset=utf-8'

/** The context attributes every event has, and its data (CloudEvents 1.0.2 §3). */
export type CloudEvent = {
  specversion: '1.0'
  id: string
  source: string
  type: string
  subject?: string
  time: string
  sequence?: string
  datacontenttype: 'application/json'
  data: Record<string, unknown>
}

/**
 * An item as a CloudEvent 1.0 in JSON (CloudEvents 1.0.2 §3.1; JSON format §3). `source` and `id` together are unique for good:
 * a receiver drops what it has seen. `sequence` is the Sequence extension: the entry's index, padded so that it sorts as text.
 * @param origin the name of the log
 */
export function cloudEvent(item: Item, origin: string): CloudEvent {
  const { entry, index, leaf, projection } = item
  const subject = entry?.action ?? (entry?.kind === 'action.decided' ? entry.id : null)
  return {
    specversion: '1.0',
    id: index === null ? `test_${item.id}` : publicId('entry', item.id),
    source: sourceOf(origin),
    type: `countersign.${kindOf(item)}`,
    ...(subject !== null && { subject: publicId('action', subject) }),
    time: item.at.toISOString(),
    ...(index !== null && { sequence: String(index).padStart(16, '0') }),
    datacontenttype: 'application/json',
    data:
      index === null
        ? { test: true }
        : { index, leaf: leaf?.toString('base64'), entry, ...(projection !== null && { projection }) },
  }
}

/** The log as a URI (CloudEvents §3.1 asks for one): `urn:countersign:log:` and the name's own part. */
export function sourceOf(origin: string): string {
  return `urn:countersign:log:${origin.replace(/^countersign\//, '')}`
}
