import { expect, test } from 'vitest'
import { MOST_LINES, parseCatalogue } from './catalogue'

const line = (value: object) => JSON.stringify(value)

test('a catalogue is read line by line, with local tools named so', () => {
  const text = [
    line({ tool: 'crm.get_order', class: { access: 'read' }, schema: { type: 'object' } }),
    '',
    line({ tool: 'shell', surface: 'commands', class: { access: 'write', reversible: false, audience: 'external' } }),
    line({ tool: 'kb.search' }),
  ].join('\n')
  expect(parseCatalogue(text)).toEqual({
    tools: [
      {
        server: 'crm',
        name: 'get_order',
        description: '',
        class: { access: 'read' },
        surface: null,
        schema: { type: 'object' },
      },
      {
        server: 'local',
        name: 'shell',
        description: '',
        class: { access: 'write', reversible: false, audience: 'external' },
        surface: 'commands',
        schema: null,
      },
      { server: 'kb', name: 'search', description: '', class: null, surface: null, schema: null },
    ],
  })
})

test('every fault is told with its line, and nothing is read then', () => {
  const text = [
    line({ tool: 'crm.a', class: { access: 'read' } }),
    '{"tool": "crm.b", "tool": "crm.c"}',
    line({ tool: 'crm.d', class: { access: 'delete' } }),
    line({ tool: 'crm.e', class: { access: 'read', danger: true } }),
    line({ tool: 'crm.a' }),
    line({ tool: 'Ünïcode tool' }),
    'not json',
    '[]',
  ].join('\n')
  const read = parseCatalogue(text)
  expect('errors' in read && read.errors.map(({ line: at }) => at)).toEqual([2, 3, 4, 5, 6, 7, 8])
})

test('nothing at all, and far too much, are faults', () => {
  expect(parseCatalogue('\n \n')).toEqual({ errors: [{ line: 1, detail: 'There is no tool in it.' }] })
  expect(parseCatalogue('\n'.repeat(MOST_LINES + 1))).toMatchObject({ errors: [{ line: MOST_LINES + 1 }] })
})
