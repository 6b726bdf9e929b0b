import { BellRing, Info, TriangleAlert } from 'lucide-react'
import type { Severity } from '@/lib/alerts/alert'
import { Icon } from '../ui/icon'

const WORDS = {
  notice: { icon: Info, tone: 'quiet', word: 'Notice' },
  warning: { icon: TriangleAlert, tone: 'hold', word: 'Warning' },
  critical: { icon: BellRing, tone: 'hold', word: 'Critical' },
} as const

/** How loud an alert is, as icon, word and colour. Not in red: that is kept for what was forbidden and for halts. */
export function SeverityWord({ severity }: { severity: Severity }) {
  const { icon, tone, word } = WORDS[severity]
  return (
    <span className={`st ${tone}`}>
      <Icon of={icon} />
      {word}
    </span>
  )
}
