/** What a key asks for in the inbox. No key gives a verdict: `a` and `d` only lead to its form. */
export type KeyAct = 'next' | 'previous' | 'approve' | 'reject' | 'take' | 'help'

const KEYS: Readonly<Record<string, KeyAct>> = {
  j: 'next',
  k: 'previous',
  a: 'approve',
  d: 'reject',
  e: 'take',
  '?': 'help',
}

type Pressed = {
  key: string
  metaKey: boolean
  ctrlKey: boolean
  altKey: boolean
  isComposing: boolean
  repeat: boolean
}

/** What a key press asks for; undefined where it is part of a chord, of a composition, or asks for nothing. */
export function keyAct(pressed: Pressed): KeyAct | undefined {
  if (pressed.metaKey || pressed.ctrlKey || pressed.altKey || pressed.isComposing) return undefined
  const act = Object.hasOwn(KEYS, pressed.key) ? KEYS[pressed.key] : undefined
  // held down, j and k run along the list; nothing else is meant twice
  return pressed.repeat && act !== 'next' && act !== 'previous' ? undefined : act
}
