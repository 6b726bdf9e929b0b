import type { Word as ShellWord, WordPart } from 'unbash'
import { type Open, UNKNOWN, type Word } from './reading'

const ORDER: readonly Open[] = ['no', 'number', 'glob', 'any']
const NUMBERS = new Set(['$?', '$#', '$$', '$!', '${?}', '${#}'])

/**
 * What is known of a word before a shell runs it: quotes and escapes taken away, and `$(cat <<'EOF' … EOF)` read as its text,
 * which is how agents write commit messages. Variables, braces and extended globs leave it open.
 * @param literal the text of a command substitution, where it is nothing but text
 */
export function readWord(word: ShellWord, literal: (part: WordPart) => string | null): Word {
  if (word.parts === undefined) return { value: word.value, open: 'no' }
  let value = ''
  const widest: Open[] = ['no']
  const widen = (to: Open) => {
    widest.push(to)
  }
  const add = (part: WordPart, quoted: boolean): void => {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        value += part.value
        return
      case 'DoubleQuoted':
        for (const child of part.parts) add(child, true)
        return
      case 'Glob':
        value += part.value
        return widen('glob')
      case 'SimpleExpansion':
      case 'ParameterExpansion':
        value += '0'
        return widen(NUMBERS.has(part.text) ? 'number' : 'any')
      case 'ArithmeticExpansion':
        value += '0'
        return widen('number')
      case 'CommandExpansion': {
        const text = quoted ? literal(part) : null
        if (text === null) return widen('any')
        value += text
        return
      }
      default:
        return widen('any')
    }
  }
  for (const part of word.parts) add(part, false)
  const open = ORDER.findLast((each) => widest.includes(each)) ?? 'any'
  return open === 'any' ? UNKNOWN : { value, open }
}
