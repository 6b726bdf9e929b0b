import { describe, expect, it } from 'vitest'
import { LIVE_TOPICS } from '@/lib/core/live'
import { ENTRY_KINDS } from '@/lib/ledger/entry'
import { topicsOfChange, topicsOfKinds } from './live-topics'

describe('what a live page is told', () => {
  it('is a topic it knows, for every kind of entry, and always that the ledger grew', () => {
    for (const kind of ENTRY_KINDS) {
      const topics = topicsOfKinds([kind])
      expect(topics).toContain('ledger')
      for (const topic of topics) expect(LIVE_TOPICS).toContain(topic)
    }
  })

  it.each([
    ['action.decided', 'approvals'],
    ['approval.approved', 'actions'],
    ['halt.engaged', 'halts'],
    ['alert.raised', 'alerts'],
    ['person.deactivated', 'agents'],
    ['boundary.signed', 'agents'],
  ] as const)('%s touches %s', (kind, topic) => {
    expect(topicsOfKinds([kind])).toContain(topic)
  })

  it('of a change at the gate is told before its entry is in the log', () => {
    expect(topicsOfChange('halt.engage')).toContain('halts')
    expect(topicsOfChange('person.deactivate')).toContain('people')
    expect(topicsOfChange('nonsense')).toEqual([])
    expect(topicsOfChange('constructor.x')).toEqual([])
  })
})
