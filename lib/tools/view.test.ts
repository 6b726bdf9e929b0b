import { describe, expect, test } from 'vitest'
import type { ListedTool } from './read'
import { toolText, unseenIn } from './tool-text'
import { shownTools } from './view'

const at = new Date(0)
const tool = (name: string, over: Partial<ListedTool> = {}): ListedTool => ({
  ...{
    id: name,
    server: 'crm',
    name,
    title: '',
    description: '',
    schema: null,
    annotations: null,
    digest: Buffer.alloc(32),
  },
  ...{ version: 1, confirmedVersion: null, changedAt: null, seenBy: null, class: null, surface: null, source: 'mcp' },
  ...{ createdAt: at, confirmedAt: null, confirmedBy: null },
  ...over,
})
const TOOLS = [
  tool('changed', { changedAt: at, confirmedVersion: 1 }),
  tool('fresh', { description: 'Merges CARDS' }),
  tool('seen', { source: 'seen' }),
  tool('done', { confirmedAt: at }),
]
const names = (show: Parameters<typeof shownTools>[1]['show'], q = '') => {
  const { changed, waiting, confirmed } = shownTools(TOOLS, { show, q })
  return [...changed, ...waiting, ...confirmed].map(({ name }) => name)
}

describe('the page of the catalogue', () => {
  test('shows what must be read first, then what waits, then the rest', () => {
    expect(names('all')).toEqual(['changed', 'fresh', 'seen', 'done'])
    expect(names('unconfirmed')).toEqual(['changed', 'fresh', 'seen'])
    expect(names('changed')).toEqual(['changed'])
    expect(names('seen')).toEqual(['seen'])
    expect(names('confirmed')).toEqual(['done'])
  })
  test('counts what each view would show', () => {
    const { counts } = shownTools(TOOLS, { show: 'changed', q: '' })
    for (const show of ['all', 'unconfirmed', 'changed', 'confirmed', 'seen'] as const)
      expect(counts[show], show).toBe(names(show).length)
  })
  test('finds a word in what the server says, whatever the case', () => {
    expect(names('all', 'cards')).toEqual(['fresh'])
    expect(names('all', 'CRM.DONE')).toEqual(['done'])
  })
})

describe('what a server says, as text', () => {
  const said = { title: '', description: 'one\r\ntwo', schema: { b: 1, a: [{ d: 1, c: 2 }] }, annotations: null }
  test('is the same for the same digest, whatever the order of keys', () => {
    expect(toolText(said)).toBe(toolText({ ...said, schema: { a: [{ c: 2, d: 1 }], b: 1 } }))
  })
  test('counts what cannot be seen, in the schema too', () => {
    expect(unseenIn(said)).toBe(0)
    expect(unseenIn({ ...said, schema: { a: 'x\u200b\u202e' } })).toBe(2)
  })
})
