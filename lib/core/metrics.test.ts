import { expect, it } from 'vitest'
import { counter, gauge, histogram, metricsText } from '@/lib/core/metrics'

it('counts by label, and the same name counts into the same number wherever it is asked for', () => {
  counter('test_things_total', 'Things.')({ kind: 'a' })
  counter('test_things_total', 'Things.')({ kind: 'a' }, 2)
  expect(metricsText()).toContain('# TYPE test_things_total counter\ntest_things_total{kind="a"} 3\n')
})

it('shows a gauge as it is now', () => {
  const level = gauge('test_level', 'Level.')
  level(4)
  level(2)
  expect(metricsText()).toContain('test_level 2\n')
})

it('counts a duration in its own bucket and in every larger one', () => {
  const took = histogram('test_took_seconds', 'Took.')
  took(0.004, { route: '/x' })
  took(60, { route: '/x' })
  const text = metricsText()
  expect(text).toContain('test_took_seconds_bucket{route="/x",le="0.0025"} 0\n')
  expect(text).toContain('test_took_seconds_bucket{route="/x",le="0.005"} 1\n')
  expect(text).toContain('test_took_seconds_bucket{route="/x",le="30"} 1\n')
  expect(text).toContain('test_took_seconds_bucket{route="/x",le="+Inf"} 2\n')
  expect(text).toContain('test_took_seconds_count{route="/x"} 2\n')
})

it('keeps a label from breaking out of its quotes', () => {
  counter('test_quotes_total', 'Quotes.')({ value: 'a"} 1\nfake 2' })
  expect(metricsText()).toContain('test_quotes_total{value="a_} 1_fake 2"} 1\n')
})
