import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, it } from 'vitest'
import type { HaltInForce } from '@/lib/halt/read-in-force'
import { LiftPanel } from './lift-panel'

const at = new Date('2026-11-20T09:00:00Z')
const digest = `sha256:${'ab'.repeat(32)}`
const verdict = (name: string) => ({
  ...{ personId: `per_${name}`, name, answer: 'approve' as const, reason: 'looked at it', seat: null, at },
})
const halt: HaltInForce = {
  ...{
    id: 'hlt_1',
    haltId: '1',
    scope: 'agent',
    name: 'crm-bot',
    until: null,
    agent: 'crm-bot',
    run: null,
    reason: '',
  },
  ...{ engagedBy: { id: '2', name: 'Dana' }, source: null, engagedAt: at, liftedAt: null, liftReason: null },
  ...{
    fromDatabase: false,
    agents: [],
    from: 0,
    beyond: { confirmed: 0, unconfirmed: 0, waiting: [] },
    counts: { requested: 0, confirmed: 0, unconfirmed: 0 },
  },
  lift: {
    ...{ id: 'apr_1', kind: 'halt_lift', subjectId: '1', digest, status: 'approved', seats: 2 },
    ...{ openedAt: at, expiresAt: new Date('2026-11-20T10:00:00Z'), closedAt: at },
    verdicts: [verdict('Dana'), verdict('Bram')],
    mine: { approve: { ok: true, seat: null }, reject: { ok: true, seat: null } },
  },
  progress: {
    ...{ name: 'crm-bot', stages: [], steps: ['all'], waits: null, liftableFrom: at },
    asked: { stage: 'all', name: 'crm-bot' },
  },
}
const drawn = (of: HaltInForce) =>
  renderToStaticMarkup(
    createElement(LiftPanel, {
      ...{ halt: of, me: { id: '3', name: 'Eva' }, teams: [], now: at },
      ...{ mayAsk: { ok: true, seat: null }, mayStop: { ok: true } },
    }),
  )

it('what two people agreed to and was cut off is answered with its digest and its name, as every answer is', () => {
  const html = drawn(halt)
  expect(html).toContain(`<input type="hidden" name="digest" value="${digest}"/>`)
  expect(html).toContain('Type “crm-bot”')
  expect(html).toContain('Complete what both agreed to')
  expect(html).toContain('Keep it in force')
  // both seats are taken: nobody is asked to take one
  expect(html).not.toContain('You, Eva')
  expect(html).not.toContain('name="stage"')
})

it('nobody answers a request that is none: asking anew carries no digest', () => {
  const html = drawn({ ...halt, lift: null, progress: { ...halt.progress, asked: null } })
  expect(html).not.toContain('name="digest"')
  expect(html).toContain('Ask to lift this halt')
})
