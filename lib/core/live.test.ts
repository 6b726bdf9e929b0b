import { expect, it } from 'vitest'
import { LIVE_BEAT, LIVE_SILENCE, parseLiveTopic } from './live'

it('reads the topic of a change', () => {
  expect(parseLiveTopic('{"topic":"halts"}')).toBe('halts')
})

it.each(['', 'halts', 'null', '{}', '{"topic":"secrets"}', '{"topic":["halts"]}', '{"topic":"__proto__"}'])(
  'takes %j for no topic',
  (data) => {
    expect(parseLiveTopic(data)).toBeUndefined()
  },
)

it('beats at least three times before silence counts as an end', () => {
  expect(LIVE_SILENCE).toBeGreaterThanOrEqual(3 * LIVE_BEAT)
})
