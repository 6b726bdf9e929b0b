/** Every time zone this runtime knows, UTC first, as the choices of a select. */
export function timeZoneChoices(): (readonly [string, string])[] {
  const zones = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')
  return ['UTC', ...zones].map((zone) => [zone, zone.replaceAll('_', ' ')] as const)
}
