import type { Limits } from '@/lib/boundary/boundary'
import type { JsonObject } from '@/lib/core/json'
import type { Facts } from '@/lib/decisions/facts'
import { capsOf, limitReasons } from '@/lib/decisions/limits'
import type { CatalogueTool, ToolClass } from '@/lib/tools/tool'

type Limited = { at: number; tool: string; class: ToolClass | null; run: Facts['run'] }

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * Counts what a draft would have allowed, in the windows its limits are over: minutes and hours of the clock, days of the
 * organisation. An approximation: tokens are not known of the past, and what people approved is not counted.
 */
export class PastLimits {
  private readonly used = new Map<string, { start: number; used: number }>()
  private readonly days = new Map<number, number>()
  private readonly format: Intl.DateTimeFormat

  constructor(
    private readonly own: Limits,
    timeZone: string,
  ) {
    this.format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  }

  /** The limit that an allowed call would have met (`limits.calls_per_day`); null when it was let through and is counted. */
  take(past: Limited, args: JsonObject, floor: Limits): string | null {
    if (Object.keys(this.own).length === 0 && Object.keys(floor).length === 0) return null
    const tool: CatalogueTool | null = past.class === null ? null : { name: past.tool, class: past.class }
    const caps = capsOf([this.own, floor], tool, args)
    const facts = this.factsOf(past, tool, args)
    const [met] = [...limitReasons(this.own, facts, 'limits'), ...limitReasons(floor, facts, 'baseline.limits')]
    if (met !== undefined) return met.rule
    for (const { window, amount } of caps) {
      const start = this.startOf(window, past.at)
      const known = this.used.get(window)
      this.used.set(window, { start, used: (known?.start === start ? known.used : 0) + amount })
    }
    return null
  }

  private factsOf(past: Limited, tool: CatalogueTool | null, args: JsonObject): Facts {
    const used: Record<string, number> = {}
    for (const [window, { start, used: count }] of this.used)
      if (this.startOf(window, past.at) === start) used[window] = count
    return {
      now: past.at,
      tool,
      run: past.run,
      action: { tool: past.tool, arguments: args, resource: null },
      used: { minute: 0, hour: 0, day: 0, ...used },
      credential: true,
      halts: [],
      guarded: [],
      elevations: [],
      agent: { slug: '', state: 'active', environment: '', team: '', owned: true, reviewDueAt: 0 },
      boundary: null,
      baseline: null,
      approval: null,
    }
  }

  private startOf(window: string, at: number): number {
    if (window.endsWith('minute')) return Math.floor(at / MINUTE)
    const hour = Math.floor(at / HOUR)
    return window.endsWith('hour') ? hour : this.dayOf(hour)
  }

  /** A number for the day an hour lies in, by the organisation's calendar. Zones off by half an hour are off by as much. */
  private dayOf(hour: number): number {
    const known = this.days.get(hour)
    if (known !== undefined) return known
    const day = Number(this.format.format(hour * HOUR).replaceAll('-', ''))
    this.days.set(hour, day)
    return day
  }
}
