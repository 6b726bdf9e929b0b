import { describe, expect, it } from 'vitest'
import { LIVE_TOPICS } from '@/lib/core/live'
import { ENTRY_KINDS } from '@/lib/ledger/entry-kinds'
import { topicsOfChange, topicsOfKinds } from './live-topics'

describe('what a live page is told', () => {
  it('is a topic it knows, for every kind of entry, and always that the ledger grew', () => {
    for (const kind of ENTRY_KINDS) {
      const { soon, traffic } = topicsOfKinds([kind])
      expect(traffic).toContain('ledger')
      for (const topic of [...soon, ...traffic]) expect(LIVE_TOPICS).toContain(topic)
    }
  })

  it.each([
    ['action.decided:hold', 'approvals'],
    ['approval.approved', 'actions'],
    ['halt.engaged', 'halts'],
    ['alert.raised', 'alerts'],
    ['person.deactivated', 'agents'],
    ['boundary.signed', 'agents'],
  ] as const)('%s touches %s, and is told soon', (kind, topic) => {
    expect(topicsOfKinds([kind]).soon).toContain(topic)
  })

  it('of what agents do alone is gathered, and is nothing new to whoever reads the inbox', () => {
    const { soon, traffic } = topicsOfKinds(['action.decided', 'action.succeeded', 'run.opened'])
    expect([...soon]).toEqual([])
    expect(traffic).toContain('actions')
    expect(traffic).not.toContain('approvals')
  })

  it('of a change at the gate is told before its entry is in the log', () => {
    expect(topicsOfChange('halt.engage')).toContain('halts')
    expect(topicsOfChange('person.deactivate')).toContain('people')
    expect(topicsOfChange('nonsense')).toEqual([])
    expect(topicsOfChange('constructor.x')).toEqual([])
  })
})
