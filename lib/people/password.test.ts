import { describe, expect, it } from 'vitest'
import { normalPassword, passwordProblem } from './password'

const WHO = { name: 'Petra Vandermolen', email: 'petra@quillhaven.example' }

describe('a password somebody chooses', () => {
  it.each([
    ['short', '5 characters. It needs 12 or more.'],
    ['x', '1 character. It needs 12 or more.'],
    ['😀😀😀😀😀😀', '6 characters. It needs 12 or more.'],
    ['a'.repeat(257), 'At most 256 characters.'],
  ])('%s is refused for its length', (password, problem) => {
    expect(passwordProblem(password, WHO)).toBe(problem)
  })

  it.each([
    ['one character again and again', 'aaaaaaaaaaaaaaaa'],
    ['three characters again and again', 'abcabcabcabcabc'],
    ['the digits in a row', '123456789012'],
    ['the alphabet', 'abcdefghijklmnop'],
    ['the product and a year', 'Countersign2026!'],
    ['their own name', 'PetraVandermolen1'],
    ['their own address', 'petra@quillhaven.example'],
    ['the usual word', 'Password123!'],
    ['a keyboard row', 'qwertyuiop12'],
    ['two usual words', 'welcomeadmin1'],
    ['the usual word in full-width letters', 'ｐａｓｓｗｏｒｄ１２３４'],
  ])('%s is refused', (_name, password) => {
    expect(passwordProblem(password, WHO)).toMatch(/several words/)
  })

  it.each([
    'correct horse battery',
    'kelp-lantern-orbit',
    'лодка у причала 7',
    'x9!mQv2#Lr8$',
    'petra likes green lanterns',
  ])('%s is taken', (password) => {
    expect(passwordProblem(password, WHO)).toBeUndefined()
  })

  it('is the same password however its accents are encoded', () => {
    expect(normalPassword('e\u0301toile du nord')).toBe(normalPassword('\u00e9toile du nord'))
  })
})
