import { describe, expect, test } from 'vitest'
import { LONGEST_LINE, readTraceLine } from './trace'

const line = (value: object) => JSON.stringify(value)

describe('a line of a trace', () => {
  test('is a call, with its run and its moment when it says them', () => {
    expect(readTraceLine(line({ tool: 'crm.get', arguments: { id: 7 } }), 3)).toEqual({
      line: 3,
      tool: 'crm.get',
      arguments: { id: 7 },
      runId: null,
      at: null,
    })
    expect(
      readTraceLine(
        Buffer.from(line({ tool: 'get', arguments: {}, run_id: 'r1', at: '2027-03-31T09:30:00+02:00' })),
        1,
      ),
    ).toMatchObject({
      runId: 'r1',
      at: Date.UTC(2027, 2, 31, 7, 30),
    })
    expect(readTraceLine(line({ tool: 'get', arguments: {}, at: '2027-03-31 09:30' }), 1)).toMatchObject({
      at: Date.UTC(2027, 2, 31, 9, 30),
    })
  })

  test.each(['', '  \t', '\r'])('%j is skipped', (raw) => {
    expect(readTraceLine(raw, 1)).toBeNull()
    expect(readTraceLine(Buffer.from(raw), 1)).toBeNull()
  })

  test.each<[what: string, raw: string | Uint8Array, field: string]>([
    ['no JSON', 'tool: x', ''],
    ['half a line', '{"tool": "crm.get", "arguments": {', 'arguments'],
    ['a list', '[]', ''],
    ['a word', '"crm.get"', ''],
    ['no tool', line({ arguments: {} }), 'tool'],
    ['a tool that is a number', line({ tool: 7, arguments: {} }), 'tool'],
    ['a tool that is no name', line({ tool: 'send email', arguments: {} }), 'tool'],
    ['no arguments', line({ tool: 'crm.get' }), 'arguments'],
    ['arguments that are a list', line({ tool: 'crm.get', arguments: [] }), 'arguments'],
    ['arguments that are null', line({ tool: 'crm.get', arguments: null }), 'arguments'],
    ['an unknown key', line({ tool: 'crm.get', arguments: {}, args: {} }), 'args'],
    ['a run that is a number', line({ tool: 'crm.get', arguments: {}, run_id: 7 }), 'run_id'],
    ['a run without a name', line({ tool: 'crm.get', arguments: {}, run_id: '' }), 'run_id'],
    ['a moment that is a number', line({ tool: 'crm.get', arguments: {}, at: 1700000000 }), 'at'],
    ['a moment in words', line({ tool: 'crm.get', arguments: {}, at: 'yesterday' }), 'at'],
    ['a day that does not exist', line({ tool: 'crm.get', arguments: {}, at: '2027-13-31T09:30:00Z' }), 'at'],
    ['a key twice', '{"tool":"crm.get","arguments":{"a":1,"a":2}}', 'arguments.a'],
    ['a prototype', '{"tool":"crm.get","arguments":{"__proto__":{}}}', 'arguments.__proto__'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), ''],
    ['far too much', `{"tool":"crm.get","arguments":{"a":"${'a'.repeat(LONGEST_LINE)}"}}`, ''],
  ])('%s is a fault with its field', (_, raw, field) => {
    expect(readTraceLine(raw, 12)).toMatchObject({ line: 12, field, detail: expect.stringMatching(/\.$/) as string })
  })
})
