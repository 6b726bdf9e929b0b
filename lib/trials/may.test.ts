import { describe, expect, it } from 'vitest'
import { mayValues, questionOf, readMay } from './may-contract'

const read = (params: Record<string, unknown>, about: 'agents' | 'tools' = 'agents') =>
  readMay(mayValues(params), about)
const fields = (params: Record<string, unknown>) => {
  const said = read(params)
  return said.ok ? [] : said.errors.map(({ field }) => field)
}

describe('a question in an address', () => {
  it('is read with what is known of the call', () => {
    expect(
      read({ tool: 'order.refund', type: 'order', id: 'A-17', args: '{"amount": 120}', of: '{"status": "open"}' }),
    ).toMatchObject({
      ok: true,
      tool: { name: 'order.refund' },
      call: {
        arguments: { amount: 120 },
        resource: { type: 'order', id: 'A-17' },
        said: { subject: {}, resource: { status: 'open' } },
      },
    })
  })

  it('whose arguments are left out says so, and does not claim there are none', () => {
    expect(read({ tool: 'order.refund' })).toMatchObject({ call: { arguments: null, said: null } })
    expect(read({ tool: 'order.refund', args: '{}' })).toMatchObject({ call: { arguments: {} } })
  })

  it('names every field at fault', () => {
    expect(fields({ tool: 'no such tool!', id: 'A-17', args: '[1]', of: '{', answer: 'perhaps' })).toEqual([
      'tool',
      'type',
      'args',
      'of',
      'answer',
    ])
    expect(fields({ tool: 'order.refund', type: 'order' })).toEqual(['id'])
    expect(fields({ tool: 'order.refund', of: '{}' })).toEqual(['id'])
  })

  it('of a kind of thing alone is one about its tools', () => {
    expect(read({ type: 'order' }, 'tools')).toMatchObject({ ok: true, tool: null })
  })

  it('takes the first of what is given twice, and nothing that is no text', () => {
    expect(mayValues({ tool: ['a.b', 'c.d'], id: 7, type: undefined })).toMatchObject({ tool: 'a.b', id: '', type: '' })
  })

  it('tells conditions who asks only where something is said of it', () => {
    const said = read({ tool: 'order.refund', as: '{"role": "admin"}' })
    if (!said.ok || said.tool === null) throw new Error('unread')
    expect(questionOf(said.call, said.tool, 'bob').attributes).toEqual({
      subject: { type: 'agent', id: 'bob', properties: { role: 'admin' } },
      resource: {},
    })
    const plain = read({ tool: 'order.refund' })
    if (!plain.ok || plain.tool === null) throw new Error('unread')
    expect(questionOf(plain.call, plain.tool, 'bob').attributes).toBeUndefined()
  })
})
