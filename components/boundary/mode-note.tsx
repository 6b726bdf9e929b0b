import { lastDay } from '@/lib/boundary/diff-mode'
import type { Boundary } from '@/lib/boundary/boundary'
import { Note } from '../ui/banner'

/** Says, wherever a boundary that only observes is, that it does, and until when. Nothing for one that enforces. */
export function ModeNote({ mode, now }: { mode: Boundary['mode']; now: Date }) {
  if (mode === undefined) return null
  const over = mode.observe_until <= now.getTime()
  return (
    <div className="before">
      <Note tone={over ? undefined : 'hold'}>
        {over ? (
          <>It only observed until {lastDay(mode.observe_until)}. Since then it enforces.</>
        ) : (
          <>
            <b>It only observes until {lastDay(mode.observe_until)}.</b> Its decisions are recorded and told, and not
            enforced, but for never, the baseline, what is marked as protected, and halts. What would have been held or
            forbidden is found by <code>label:would_hold</code> and <code>label:would_forbid</code> in the audit.
          </>
        )}
      </Note>
    </div>
  )
}
