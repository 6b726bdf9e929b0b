import type { ReactNode } from 'react'
import { Shell } from '@/components/shell/shell'
import { db } from '@/lib/db/client'
import { readShell } from '@/lib/http/shell'
import { signedIn } from '@/lib/people/session-read'

/** Every page of the console: for people who are signed in, in the one frame. Each page asks again who looks at it. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const actor = await signedIn()
  const now = new Date()
  return (
    <Shell facts={await readShell(db(), actor, now)} now={now.getTime()}>
      {children}
    </Shell>
  )
}
