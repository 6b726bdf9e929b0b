/**
 * Whether this browser may show notifications. `never`: it knows none that a page shows by itself (Chrome on Android refuses the
 * constructor, and an insecure address has none at all).
 */
export function canShow(): NotificationPermission | 'never' {
  if (typeof window === 'undefined' || !('Notification' in window) || /\bAndroid\b/.test(navigator.userAgent))
    return 'never'
  return Notification.permission
}

/** What the server hands out for a screen. */
export type OnScreen = { id: string; title: string; body: string; path: string; tag: string }

/**
 * Shows one: plain text of ours and the little of others' that the server spelled out; a click leads to where it is looked at, and decides
 * nothing. False where the browser would not.
 */
export function show({ title, body, path, tag }: OnScreen, open: (path: string) => void): boolean {
  try {
    const shown = new Notification(title, { body, tag, icon: '/icon.svg' })
    shown.onclick = () => {
      window.focus()
      // a path of this console: whatever else it were, it is not opened
      if (/^\/(?!\/)/.test(path)) open(path)
      shown.close()
    }
    return true
  } catch {
    return false
  }
}
