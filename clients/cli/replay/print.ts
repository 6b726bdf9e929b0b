import { tally } from '@/lib/trials/tally'
import type { Done } from './offline'

const MOST_TOOLS = 60
const WIDEST_NAME = 64

/** The decisions of a replay as a table for people. */
export function table({ judged, faults }: Done): string {
  const { calls, decisions, reasons, tools } = tally(judged)
  const share = (count: number) => (calls === 0 ? '' : `${((100 * count) / calls).toFixed(1)} %`.padStart(9))
  const width = Math.min(WIDEST_NAME, Math.max(8, ...tools.map(({ tool }) => tool.length)))
  const row = (name: string, cells: (string | number)[]) =>
    `  ${name.slice(0, width).padEnd(width)}${cells.map((cell) => String(cell).padStart(8)).join('')}`
  const lines = [
    `${calls} calls decided${faults.length > 0 ? `, ${faults.length} lines not read` : ''}`,
    ...(['allow', 'hold', 'forbid'] as const).map(
      (decision) => `  ${decision.padEnd(6)}${String(decisions[decision]).padStart(8)}${share(decisions[decision])}`,
    ),
    '',
    'By reason',
    ...reasons.map(
      ({ decision, code, calls: count }) => `  ${decision.padEnd(6)}${String(count).padStart(8)}  ${code}`,
    ),
    '',
    row('', ['allow', 'hold', 'forbid']).replace(/^ {8}/, 'By tool '),
    ...tools.slice(0, MOST_TOOLS).map(({ tool, allow, hold, forbid }) => row(tool, [allow, hold, forbid])),
    ...(tools.length > MOST_TOOLS ? [`  … and ${tools.length - MOST_TOOLS} more tools`] : []),
  ]
  return `${lines.join('\n')}\n`
}
