import { BellRing, Info, TriangleAlert } from 'lucide-react'
import type { Severity } from '@/lib/alerts/alert'
import { Icon } from '../ui/icon'

const WORDS = {
  notice: { icon: Info, tone: 'quiet', word: 'Notice' },
  warning: { icon: TriangleAlert, tone: 'hold', word: 'Warning' },
  critical: { icon: BellRing, tone: 'forbid', word: 'Critical' },
} as const

/** How loud an alert is, as icon, word and colour. */
export function SeverityWord({ severity }: { severity: Severity }) {
  const { icon, tone, word } = WORDS[severity]
  return (
    <span className={`st ${tone}`}>
      <Icon of={icon} />
      {word}
    </span>
  )
}
