const KEY = 'countersign-recent-queries'
const MOST = 8

/** What this browser asked before, newest first. Kept here and nowhere else: nobody else learns what an auditor looks for. */
export function recentQueries(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}

/** Remembers a query that could be read. A browser that keeps nothing is no reason to fail. */
export function rememberQuery(q: string): void {
  if (q.trim() === '') return
  try {
    localStorage.setItem(KEY, JSON.stringify([q, ...recentQueries().filter((one) => one !== q)].slice(0, MOST)))
  } catch {
    // storage is full, or off
  }
}
