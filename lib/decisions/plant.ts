import { randomBytes, randomInt } from 'node:crypto'
import { sha256 } from '@/lib/core/canonical'
import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import { newId } from '@/lib/core/ids'
import type { JsonObject } from '@/lib/core/json'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { pool } from '@/lib/db/pool'
import { openPayloads } from '@/lib/ledger/open-many'
import { query } from '@/lib/ledger/sql'
import { exactBytes } from './exact'
import { isHeldAlike, lookAgain, type Asked } from './look-again'
import { readSaid, type Said } from './said'
import { insertTest, listTemplates, openTest, type TemplateRow } from './store-planted'
import { type Flaw, spoil, type Spoilt } from './test-request'

/** What to plant: of an agent, wrong in one of these ways, for these people and teams (nobody named: whoever may answer). Ids are bare. */
export type Planting = {
  agentId: string
  flaws: readonly Flaw[]
  teams: readonly string[]
  people: readonly string[]
  /** the ciso who plants it; null: the plan */
  by: string | null
  opensAt: Date
}

/**
 * Makes a test request from what the agent asked for before and people approved, with one thing wrong (ADR 0035): its entry, which says that
 * one was planted and nothing of which, and its row. Nobody is asked yet. No action is made: nothing of it can be executed.
 * @throws Fault `wrong_state` where nothing in the agent's past can be made wrong in such a way
 */
export async function plantTest(db: Db, planting: Planting): Promise<string> {
  const { agentId, flaws, teams, people, by, opensAt } = planting
  const made = await makeFrom(db, agentId, await listTemplates(db, agentId), flaws)
  if (made === null)
    throw fault('wrong_state', {
      field: 'agent',
      detail:
        'Nothing this agent asked for and was allowed by one person can be made wrong in such a way. Choose another agent or another kind.',
    })
  const { template, said, spoilt, moved } = made
  const id = newId()
  const salt = randomBytes(16).toString('base64url')
  const shown = {
    tool: said.tool,
    arguments: spoilt.arguments,
    resource: moved,
    requester: said.requester,
    reasoning: said.reasoning,
    evidence: [...said.evidence],
    untrusted_sources: [],
    reasons: said.reasons.map((reason) => ({ ...reason })),
  }
  await append(db, {
    id,
    kind: 'test_request.planted',
    actor: by === null ? 'system' : `person:${by}`,
    under: template.action, // it says what that said
    // who reads the log learns that there is one, and nobody which: an approver reads the log, too
    payload: {
      ...shown,
      salt,
      test: {
        agent: agentId,
        template: template.action,
        flaw: spoilt.flaw,
        at: spoilt.at,
        was: spoilt.was,
        is: spoilt.is,
      },
    },
  })
  // as of an action of this agent under this boundary: whoever computes it again learns nothing either
  const origin = { agentId, runId: null, boundary: await boundaryDigest(db, template.boundary) }
  const bytes = exactBytes({ ...shown, salt }, origin)
  if (bytes === null) throw fault('internal')
  const digest = sha256(bytes)
  await insertTest(db, { id, agentId, template, flaw: spoilt.flaw, digest, teams, people, by, opensAt })
  return id
}

async function boundaryDigest(db: Db, id: string): Promise<string | null> {
  const [found] = await query<{ digest: Uint8Array }>(db, `SELECT digest FROM boundary_version WHERE id = $1::uuid`, [
    id,
  ])
  return found ? digestText(Buffer.from(found.digest)) : null
}

/** Asks people about a test that was planted, as they would be asked about an action: the bare id of the approval; null when they are asked already. */
export async function openPlanted(db: Db, testId: string, now: Date): Promise<string | null> {
  const id = newId(now.getTime())
  const opened = await openTest(db, testId, id, now)
  if (opened) await query(db, `SELECT pg_notify('approvals', $1)::text AS told`, [id])
  return opened ? id : null
}

type Made = { template: TemplateRow; said: Said; spoilt: Spoilt; moved: Said['resource'] }

/**
 * From the newest request that can be made wrong and would be held for the very same then: a rule that would forbid it, or let it through, gives
 * away that nobody asked for it. A kind of flaw is drawn first, so that all of them come.
 */
async function makeFrom(
  db: Db,
  agentId: string,
  templates: readonly TemplateRow[],
  flaws: readonly Flaw[],
): Promise<Made | null> {
  const past = new Map<string, Said>()
  const asked = new Map<string, Asked>()
  const ids = templates.map(({ action }) => action)
  for await (const { id, opened } of openPayloads(db, ids))
    if (opened.state === 'open') {
      past.set(id, readSaid(opened.payload))
      asked.set(id, opened.payload as Asked) // written by makeItem
    }
  for (const flaw of drawn(flaws))
    for (const template of templates) {
      const said = past.get(template.action)
      if (said?.tool == null || !calm(said)) continue
      const alike = [...past.values()].filter((other) => other !== said && other.tool === said.tool)
      const spoilt = spoil(flaw, [said, ...alike].flatMap(argumentsOf), () => randomInt(10))
      if (spoilt === null) continue
      const { resource } = said
      const moved = resource !== null && resource.id === spoilt.was ? { ...resource, id: spoilt.is } : resource
      if (await heldAlike(agentId, asked.get(template.action), spoilt, moved)) return { template, said, spoilt, moved }
    }
  return null
}

async function heldAlike(agentId: string, asked: Asked | undefined, spoilt: Spoilt, resource: Said['resource']) {
  if (asked === undefined) return false
  const to = { arguments: spoilt.arguments, resource }
  const looked = await lookAgain(pool('app'), { agentId, runId: null }, asked, to)
  return looked !== null && isHeldAlike(looked, asked)
}

function drawn(flaws: readonly Flaw[]): Flaw[] {
  return flaws
    .map((flaw) => ({ flaw, at: randomInt(1 << 30) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ flaw }) => flaw)
}

/** What came with content nobody vouches for would bring its warning along, and that would be another test. */
const calm = (said: Said): boolean =>
  said.untrustedSources.length === 0 && said.evidence.every(({ untrusted }) => untrusted !== true)

function argumentsOf({ arguments: args }: Said): JsonObject[] {
  return typeof args === 'object' && args !== null && !Array.isArray(args) ? [args as JsonObject] : []
}
