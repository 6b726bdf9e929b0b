import type { ReactNode } from 'react'

/** A key, for hints beside the control that the key is a shortcut to; a key is never the only way. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd>{children}</kbd>
}
