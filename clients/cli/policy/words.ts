import { type Change, tallied } from '@/lib/boundary/change'
import { lineDiff } from '@/lib/boundary/line-diff'
import type { Sentence } from '@/lib/boundary/reach'
import { spelledOut } from '@/lib/core/hostile'

const SIGNS = { wider: '+ wider   ', narrower: '- narrower', other: '~ changed ' } as const

/** A sentence as plain text. */
export function plain(sentence: Sentence): string {
  return sentence.map((piece) => (typeof piece === 'string' ? piece : piece.strong)).join('')
}

/** The changes by meaning, the widest first, then how many stand in each section. */
export function meaningText(changes: readonly Change[]): string {
  if (changes.length === 0) return 'They mean the same.\n'
  const lines = changes.flatMap(({ direction, sentence, when, said, override }) => [
    `${SIGNS[direction]}  ${spelledOut(plain(sentence))}`,
    ...(when === null ? [] : [`              when ${spelledOut(when)}`]),
    ...(said === null ? [] : [`              ${override ? 'override: ' : ''}“${spelledOut(said)}”`]),
  ])
  const sections = [...new Set(changes.map(({ section }) => section))].toSorted()
  return [
    `${tallied(changes)}`,
    ...lines,
    '',
    'By section',
    ...sections.map(
      (section) => `  ${section.padEnd(20)} ${tallied(changes.filter((each) => each.section === section))}`,
    ),
    '',
  ].join('\n')
}

const CONTEXT = 2

/** The texts line by line, with two lines around what differs. */
export function textDiff(before: string, after: string): string {
  const lines = lineDiff(before, after)
  const near = new Set<number>()
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return
    for (let i = at - CONTEXT; i <= at + CONTEXT; i += 1) near.add(i)
  })
  if (near.size === 0) return 'The texts are the same.\n'
  const shown: string[] = []
  lines.forEach(({ kind, text }, at) => {
    if (!near.has(at)) return
    if (at > 0 && !near.has(at - 1)) shown.push('  …')
    shown.push(`${kind === 'same' ? ' ' : kind === 'added' ? '+' : '-'} ${spelledOut(text)}`)
  })
  return `Text\n${shown.join('\n')}\n`
}

/** The changes for programs. */
export function meaningJson(changes: readonly Change[]): object[] {
  return changes.map(({ direction, section, subject, when, before, after, sentence, override }) => ({
    ...{ direction, section, subject, when, before, after, override, sentence: plain(sentence) },
  }))
}
