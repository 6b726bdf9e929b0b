/** Where a browser keeps the time zone its reader chose to read in: an IANA name, or `UTC`. It identifies nobody. */
export const ZONE_COOKIE = 'countersign_zone'
/** A year, in seconds. */
export const ZONE_MAX_AGE = 31_536_000
