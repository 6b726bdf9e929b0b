/** How long after it began to leave a page may still be there: a link to a download leaves nothing. */
export const LEAVING = 5_000
let until = 0

if (typeof window !== 'undefined')
  window.addEventListener('beforeunload', () => {
    until = Date.now() + LEAVING
  })

/**
 * Whether the browser is on its way to another page. What is refused meanwhile is no news: signing out ends the stream and the
 * session of a page before its successor is there, and it must not run ahead of where it is led.
 */
export function isLeaving(): boolean {
  return Date.now() < until
}
