import type { ResourceKind } from '@/lib/resources/resource'

export const KIND_NAMES: Readonly<Record<ResourceKind, string>> = {
  detection_rule: 'Detection rule',
  production_config: 'Production config',
  other: 'Other',
}
