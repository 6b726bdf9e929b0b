import { countUnseen, spellOut } from './hostile'
import type { JsonValue } from './json'

/**
 * What in a text of a stranger may be meant for the agent that reads it (C38): a signal for people, never a defence. Closed.
 * `hidden_text`: characters nobody sees; `instructions`: a sentence that tells a model to change course; `exfiltration`: one that asks to send
 * something away; `roleplay`: a turn of a conversation that is not one.
 */
export const INJECTION_SIGNALS = ['hidden_text', 'instructions', 'exfiltration', 'roleplay'] as const
export type InjectionSignal = (typeof INJECTION_SIGNALS)[number]

// Each pattern is linear: no nested repetition, and every gap is bounded.
const PATTERNS: readonly (readonly [InjectionSignal, RegExp])[] = [
  [
    'instructions',
    /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|the system)\b.{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|directions?|context|policy|policies)\b/is,
  ],
  [
    'instructions',
    /\b(?:new|updated|important|real|actual)\s{1,3}(?:system\s{1,3})?(?:instructions?|prompt|task)\s{0,3}:/i,
  ],
  ['instructions', /<\s{0,3}(?:important|system|instructions?|admin|override)\s{0,3}>/i],
  ['instructions', /\byou\s{1,3}(?:are\s{1,3}now|must\s{1,3}now|will\s{1,3}now)\b/i],
  [
    'instructions',
    /\b(?:do\s{1,3}not|don[’']t|never)\s{1,3}(?:tell|mention|inform|reveal|show)\b.{0,30}\b(?:the\s{1,3})?(?:user|human|operator)\b/is,
  ],
  [
    'exfiltration',
    /\b(?:send|post|upload|forward|e-?mail|exfiltrate|leak|transmit)\b.{0,60}\b(?:secrets?|passwords?|credentials?|tokens?|api[ _-]?keys?|private keys?|env(?:ironment)? variables?|conversation|chat history)\b/is,
  ],
  ['roleplay', /(?:^|\n)\s{0,8}(?:system|assistant|human|user)\s{0,3}:\s/i],
  ['roleplay', /<\|(?:im_start|im_end|system|assistant|user|endoftext)\|>|\[\/?INST\]|<<SYS>>/],
]

const BYTES = /^[A-Za-z0-9+/_=-]*$/

/** How many characters of one text are looked through; more is what a signal would drown in. */
const MOST_CHARACTERS = 200_000

/** The signals in every string of a value, keys included: sorted, each once. Pure; linear in the size of the value. */
export function injectionSignals(value: JsonValue): InjectionSignal[] {
  const found = new Set<InjectionSignal>()
  let left = MOST_CHARACTERS * 5
  const look = (text: string) => {
    const part = text.slice(0, Math.min(MOST_CHARACTERS, left))
    left -= part.length
    if (part.length < 4) return
    if (!found.has('hidden_text') && countUnseen(spellOut(part)) > 0) found.add('hidden_text')
    for (const [signal, pattern] of PATTERNS) if (!found.has(signal) && pattern.test(part)) found.add(signal)
  }
  const open: JsonValue[] = [value]
  for (let next = open.pop(); next !== undefined && left > 0; next = open.pop()) {
    if (typeof next === 'string') look(next)
    else if (Array.isArray(next)) open.push(...next)
    else if (next !== null && typeof next === 'object')
      for (const [key, member] of Object.entries(next)) {
        look(key)
        // bytes in base64 are nothing a model reads as words; a log line under the same key is
        if (!((key === 'data' || key === 'blob') && typeof member === 'string' && BYTES.test(member))) open.push(member)
      }
  }
  return [...found].toSorted()
}
