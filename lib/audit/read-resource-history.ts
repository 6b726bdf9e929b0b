import { isFault } from '@/lib/core/fault'
import { parsePublicId } from '@/lib/core/ids'
import type { Sql } from '@/lib/ledger/sql'
import type { Actor } from '@/lib/people/actor'
import { findResource } from '@/lib/resources/read'
import type { Gone } from './gone'
import { goneIn, openFor } from './open-for'
import { searchEntries } from './search'
import { standingOfActions } from './store-resource'

/** What agents did with one resource before a request about it, newest first. Names of resources are agents' own words. */
export type ResourceHistory = {
  /** what a person marked as protected under this name, if anybody did */
  known: { title: string; type: string; name: string } | null
  /** null: looking took too long */
  actions: readonly ResourceAction[] | null
  days: number
}
export type ResourceAction = {
  /** `act_…` */
  action: string
  at: string
  agent: string
  tool: string
  /** where the action stands: `succeeded`, `forbidden`, … */
  status: string
}

/** What a request's page says besides the request: what was done with its resource before, and why its words are gone where they are. */
export type BehindRequest = { history: ResourceHistory | null; gone: Gone | null }

/** Both, for one reader of a request they may see. @param request public ids */
export async function readBehind(
  sql: Sql,
  actor: Actor,
  request: { action: string; resource: { type: string; id: string } | null; erased: boolean },
  now: Date,
): Promise<BehindRequest> {
  const { action, resource, erased } = request
  const entry = parsePublicId('action', action)
  return {
    history: resource === null ? null : await readResourceHistory(sql, actor, resource, action, now),
    gone: erased ? goneIn((await openFor(sql, actor, [entry])).get(entry)) : null,
  }
}

const DAYS = 90
const MOST = 10

/**
 * The last actions of any agent on a resource, as far as the reader may read of them, within 90 days.
 * @param except `act_…` of the request itself
 */
export async function readResourceHistory(
  sql: Sql,
  actor: Actor,
  resource: { type: string; id: string },
  except: string,
  now: Date,
): Promise<ResourceHistory> {
  const marked = await findResource(sql, resource.type, resource.id)
  return {
    known: marked && marked.unmarked_at === null ? { title: marked.title, type: marked.type, name: marked.name } : null,
    actions: await actionsOn(sql, actor, resource, except, now),
    days: DAYS,
  }
}

async function actionsOn(
  sql: Sql,
  actor: Actor,
  { type, id }: { type: string; id: string },
  except: string,
  now: Date,
): Promise<ResourceAction[] | null> {
  const from = new Date(now.getTime() - DAYS * 24 * 3_600_000)
  // the request's own entry was made a moment ago: until a little later than now
  const range = { from, to: new Date(now.getTime() + 60_000) }
  try {
    const answer = await searchEntries(
      actor,
      {
        terms: [
          { type: 'field', field: 'kind', negated: false, values: [{ is: 'exact', text: 'action.decided' }] },
          { type: 'field', field: 'resource', negated: false, values: [{ is: 'exact', text: `${type}/${id}` }] },
        ],
        range,
      },
      { limit: MOST + 1 },
    )
    const rows = answer.ok ? answer.found.rows : []
    const others = rows.filter(({ action, resource }) => action !== null && action !== except && resource !== null)
    const bare = (action: string | null) => (action ?? '').slice('act_'.length)
    const standing = await standingOfActions(
      sql,
      others.map(({ action }) => bare(action)),
    )
    const byId = new Map(standing.map((one) => [one.id.replaceAll('-', ''), one]))
    return others.slice(0, MOST).flatMap(({ action, at, tool }): ResourceAction[] => {
      const one = byId.get(bare(action))
      return one && action
        ? [{ action, at, agent: one.slug, tool: tool ?? 'a tool whose name was erased', status: one.status }]
        : []
    })
  } catch (error) {
    if (isFault(error) && error.code === 'too_slow') return null
    throw error
  }
}
