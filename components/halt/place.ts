/** The place after which a page lists, as its address says it (`?after=100`); what is no number begins with the first. */
export function placeOf(said: string | string[] | undefined): number {
  return typeof said === 'string' && /^\d{1,6}$/.test(said) ? Number(said) : 0
}

/** The same page from a place on. */
export const placeAfter = (page: string, after: number): string => `${page}?after=${String(after)}`
