import { describe, expect, it } from 'vitest'
import { MOST_TOGETHER, togetherInput } from '@/lib/approvals/contract'
import { isFault } from '@/lib/core/fault'
import { parseForm } from './form'

describe('a plain form', () => {
  it('is an object of texts, with a list where a field came twice', () => {
    expect(parseForm('name=Petra+V%C3%A9&roles=ciso&roles=analyst&note=')).toEqual({
      name: 'Petra Vé',
      roles: ['ciso', 'analyst'],
      note: '',
    })
  })

  it('carries every request that is answered in one act', () => {
    const item = Array.from(
      { length: MOST_TOGETHER },
      (_, at) => `apr_${String(at).padStart(32, '0')}~sha256:${'a'.repeat(64)}`,
    )
    const sent = new URLSearchParams([
      ['alike', 'b'.repeat(32)],
      ['answer', 'approve'],
      ['reason', 'read each'],
    ])
    for (const one of item) sent.append('item', one)
    expect(togetherInput.parse(parseForm(sent.toString())).item).toHaveLength(MOST_TOGETHER)
  })

  it('has the line ends people typed', () => {
    expect(parseForm('source=a%0D%0Ab')).toEqual({ source: 'a\nb' })
  })

  it.each(['__proto__=1', 'constructor=1', 'a%00=1', '=1', `${'a'.repeat(101)}=1`, 'a=%00', 'a=%FF', 'x&'.repeat(201)])(
    '%s is refused',
    (body) => {
      expect(() => parseForm(body)).toThrow(
        expect.toSatisfy((error) => isFault(error) && error.code === 'invalid_request'),
      )
    },
  )
})
