import { describe, expect, it } from 'vitest'
import { keyAct } from './inbox-key'
import { keysOffIn } from './keys-setting'

const press = (key: string, more: Partial<Parameters<typeof keyAct>[0]> = {}) =>
  keyAct({ key, metaKey: false, ctrlKey: false, altKey: false, isComposing: false, repeat: false, ...more })

describe('a key in the inbox', () => {
  it.each([
    ['j', 'next'],
    ['k', 'previous'],
    ['a', 'approve'],
    ['d', 'reject'],
    ['e', 'take'],
    ['?', 'help'],
  ] as const)('%s asks for %s', (key, act) => {
    expect(press(key)).toBe(act)
  })

  it.each(['Enter', ' ', 'y', 'Escape', 'toString', 'constructor'])('%j is left to the browser', (key) => {
    expect(press(key)).toBeUndefined()
  })

  it('is nothing as part of a chord or of a composition', () => {
    for (const more of [{ metaKey: true }, { ctrlKey: true }, { altKey: true }, { isComposing: true }])
      expect(press('a', more)).toBeUndefined()
  })

  it('runs along the list when it is held down, and takes nothing twice', () => {
    expect(press('j', { repeat: true })).toBe('next')
    expect(press('e', { repeat: true })).toBeUndefined()
  })

  it('can be switched off', () => {
    expect(keysOffIn('countersign_theme=dark; countersign_keys=off')).toBe(true)
    expect(keysOffIn('countersign_keys=on')).toBe(false)
    expect(keysOffIn('xcountersign_keys=off')).toBe(false)
    expect(keysOffIn('')).toBe(false)
  })
})
