import { OCSF_VERSION } from '@/lib/audit/ocsf-map'
import { toOcsf } from '@/lib/audit/ocsf'
import { kindOf, type Item } from './item'

/** An item as an OCSF event in JSON: an entry by the table of the explorer's export, anything else as a Base Event (class 0). */
export function ocsfEvent(item: Item, origin: string): string {
  const { entry, index, leaf, projection } = item
  if (entry === null || leaf === null) return JSON.stringify(baseEvent(item, origin))
  const resource =
    projection?.resource_id != null ? { type: projection.resource_type, id: projection.resource_id } : null
  return JSON.stringify(
    toOcsf({ index, entry, leaf: leaf.toString('hex'), tool: projection?.tool ?? null, resource }, origin),
  )
}

/** OCSF 1.8.0, `base_event`: what no class is for. */
function baseEvent(item: Item, origin: string) {
  const broken = item.index !== null
  return {
    activity_id: 99,
    activity_name: kindOf(item),
    category_uid: 0,
    class_uid: 0,
    type_uid: 99,
    severity_id: broken ? 5 : 1,
    time: item.at.getTime(),
    message: broken ? `The bytes of ledger entry ${item.index} are no entry any more.` : 'A test of this stream.',
    metadata: {
      version: OCSF_VERSION,
      uid: item.id,
      ...(broken && { sequence: item.index }),
      product: { name: 'Countersign', vendor_name: 'Countersign' },
      log_name: origin,
    },
  }
}
