import { describe, expect, it } from 'vitest'
import { RUN_GRACE_MS, runOver } from './run'

const now = new Date('2026-11-21T12:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms)

describe('a run is over', () => {
  it('when its agent ended it, whatever its lease', () => {
    expect(runOver({ closedAt: ago(0), leaseUntil: ago(-3_600_000) }, now)).toBe('run_ended')
  })

  it('when its lease lapsed and nobody came back in the grace, to the millisecond', () => {
    expect(runOver({ closedAt: null, leaseUntil: ago(RUN_GRACE_MS) }, now)).toBe('lease_lapsed')
    expect(runOver({ closedAt: null, leaseUntil: ago(RUN_GRACE_MS - 1) }, now)).toBeNull()
  })

  it('never for an action that is its own run: it waits for days', () => {
    expect(runOver(null, now)).toBeNull()
  })
})
