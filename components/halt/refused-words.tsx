import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import type { WordRefusal } from '@/lib/halt/stops'

const WHY: Record<WordRefusal, string> = {
  not_covered: 'which it does not stop',
  foreign_run: 'naming a run that is not its own',
}

/** Who else wanted to confirm a halt: refused, and recorded (C31). */
export function RefusedWords({ words }: { words: readonly { agent: string; reason: WordRefusal; count: number }[] }) {
  if (words.length === 0) return null
  return (
    <ul className="under">
      {words.map(({ agent, reason, count }) => (
        <li key={`${agent} ${reason}`}>
          <Link href={paths.agent(agent)}>{agent}</Link> wanted to confirm this halt, {WHY[reason]}: refused
          {count > 1 && ` ${String(count)} times`}, and recorded.
        </li>
      ))}
    </ul>
  )
}
