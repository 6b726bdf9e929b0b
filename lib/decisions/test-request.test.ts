import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FLAW_NAMES, momentsIn, spoil } from './test-request'

const seven = () => 7
const refunds = [
  { order: 'A-17', amount: 120, currency: 'EUR' },
  { order: 'A-18', amount: 90.5, currency: 'EUR' },
  { order: 'A-19', amount: 2_000, currency: 'EUR' },
]

describe('a request is spoilt', () => {
  it('by an amount a hundred times the usual, and nothing else', () => {
    expect(spoil('amount', refunds, seven)).toEqual({
      flaw: 'amount',
      arguments: { order: 'A-17', amount: 12_000, currency: 'EUR' },
      at: 'amount',
      was: '120',
      is: '12000',
    })
  })

  it('by a recipient outside, at an address that is nobody’s', () => {
    const mail = { subject: 'Statement', to: ['claims@quillhaven.com'], text: 'write to x@y.com' }
    expect(spoil('recipient', [mail], seven)).toMatchObject({
      arguments: { ...mail, to: ['claims@quillhaven-desk.example'] },
      at: 'to.0',
      was: 'claims@quillhaven.com',
    })
  })

  it('by an account that was never asked for before, however deep it stands', () => {
    const payment = { payee: { name: 'Aster', iban: 'DE44 5001 0517 5407 3249 31' }, amount: 5 }
    const spoilt = spoil('account', [payment], seven)
    expect(spoilt?.at).toBe('payee.iban')
    expect(spoilt?.is).toBe('DE44 7777 7777 7777 7777 77')
    expect(spoilt?.arguments).toEqual({ ...payment, payee: { name: 'Aster', iban: spoilt?.is } })
    const known = { ...payment, payee: { name: 'Aster', iban: 'DE44 7777 7777 7777 7777 77' } }
    expect(spoil('account', [payment, known], seven)).toBeNull()
  })

  it('in no way its arguments do not allow, and never in place', () => {
    const host = { host: 'fin-lt-0442' }
    for (const flaw of FLAW_NAMES) expect(spoil(flaw, [host], seven)).toBeNull()
    expect(spoil('amount', [], seven)).toBeNull()
    expect(spoil('amount', [{ amount: 0 }], seven)).toBeNull()
    const given = structuredClone(refunds)
    spoil('amount', given, seven)
    expect(given).toEqual(refunds)
  })
})

describe('the moments of a plan', () => {
  it('lie in working hours of working days of their month, as many as planned, and are the same for the same bytes', () => {
    const random = randomBytes(60 * 4)
    const moments = momentsIn('2027-02', 60, random)
    expect(moments).toHaveLength(60)
    expect(momentsIn('2027-02', 60, random)).toEqual(moments)
    for (const moment of moments) {
      expect(moment).toMatch(/^2027-02-\d\dT(09|1[0-6]):\d\d$/)
      expect([0, 6]).not.toContain(new Date(`${moment}Z`).getUTCDay())
    }
    expect(momentsIn('2027-02', 0, random)).toEqual([])
  })
})
