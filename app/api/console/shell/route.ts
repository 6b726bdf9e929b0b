import type { ShellFacts } from '@/components/shell/shell-facts'
import { handle } from '@/lib/http/handle'
import { readShell } from '@/lib/http/shell'

/** What the frame of every page shows, read again when the live stream says that something changed. */
export const GET = handle({ permission: 'console.read' }, async ({ db, actor, now }): Promise<ShellFacts> =>
  readShell(db, actor, now),
)
