/** How much is at stake when a person answers a held action, lowest first. The database keeps the place in this list. */
export const STAKES = ['low', 'medium', 'high', 'critical'] as const
export type Stakes = (typeof STAKES)[number]
