/** The two themes a person can pin. Without a choice the system's own preference decides, in CSS. */
export type Theme = 'light' | 'dark'

export const THEME_COOKIE = 'countersign_theme'
/** A year, in seconds. The cookie holds one of two words and identifies nobody. */
export const THEME_MAX_AGE = 31_536_000

/** The theme named by a cookie or a form; anything else means the person has not chosen. */
export function parseTheme(text: unknown): Theme | undefined {
  return text === 'light' || text === 'dark' ? text : undefined
}
