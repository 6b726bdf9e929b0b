/** Whether single keys act in the inbox; kept in this browser, as the theme is. They can be switched off (WCAG 2.1.4). */
export const KEYS_COOKIE = 'countersign_keys'
/** A year, in seconds. The cookie holds one word and identifies nobody. */
export const KEYS_MAX_AGE = 31_536_000

/** Whether a cookie's value switches the keys off; anything else leaves them on. */
export function keysOff(value: string | undefined): boolean {
  return value === 'off'
}

/** The same from all cookies of a document (`a=1; b=2`). */
export function keysOffIn(cookies: string): boolean {
  const pair = cookies.split('; ').find((one) => one.startsWith(`${KEYS_COOKIE}=`))
  return keysOff(pair?.slice(KEYS_COOKIE.length + 1))
}
