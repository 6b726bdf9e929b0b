import { describe, expect, it } from 'vitest'
import { csvRecord } from './csv'

/** A reader of RFC 4180, written from its grammar: what the writer is compared with. */
function read(text: string): string[][] {
  const records: string[][] = []
  let [fields, field, quoted] = [[] as string[], '', false]
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (quoted && char === '"' && text[i + 1] === '"') {
      field += '"'
      i += 1
    } else if (char === '"') quoted = !quoted
    else if (!quoted && char === ',') {
      fields.push(field)
      field = ''
    } else if (!quoted && text.startsWith('\r\n', i)) {
      records.push([...fields, field])
      ;[fields, field] = [[], '']
      i += 1
    } else field += char
  }
  return records
}

describe('a CSV record', () => {
  it.each([
    ['plain'],
    ['with, comma'],
    ['with "quotes"'],
    ['two\nlines'],
    ['two\r\nlines'],
    [' spaces around '],
    ['', 'a', ''],
    ['ünïcode 漢字'],
  ])('%j comes back as it was', (...fields) => {
    expect(read(csvRecord(fields))).toEqual([fields])
  })

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '\u00a0=HYPERLINK("x")',
    '＝1',
    '-2+3+cmd|" /C calc"!A0',
  ])('%j is no formula to a spreadsheet', (text) => {
    const [[field = ''] = []] = read(csvRecord([text]))
    expect(field.startsWith("'")).toBe(true)
    expect(field.slice(1)).toBe(text)
  })

  it('shows control characters instead of sending them, and leaves numbers numbers', () => {
    expect(csvRecord(['a\u0000b\u001bc', -5, null])).toBe('a\\u0000b\\u001bc,-5,\r\n')
  })
})
