import type pg from 'pg'
import type { Baseline, Boundary } from '@/lib/boundary/boundary'
import type { AgentFacts, Elevated, SignedBoundary } from '@/lib/decisions/facts'
import type { VerdictRules } from '@/lib/decisions/assurance'
import type { Stakes } from '@/lib/decisions/stakes-order'
import type { Halt } from '@/lib/halt/halt'
import { byName, type Guarded, type GuardedByName } from '@/lib/resources/resource'
import { standingTool, type StoredTool } from '@/lib/tools/standing'
import type { CatalogueTool, ToolName } from '@/lib/tools/tool'

/** What decisions about an agent are judged by, as of one epoch of the gate. */
export type AgentStanding = AgentFacts & {
  id: string
  teamId: string
  ownerId: string
  /** usable credentials by id; the value is when it ends, in ms since 1970, or null */
  credentials: ReadonlyMap<string, number | null>
  boundary: (SignedBoundary & { id: string }) | null
  /** who answers for a category of the boundary, where its word names one of our people or teams */
  accountable: Readonly<Record<string, `person:${string}` | `team:${string}`>>
  /** granted and not taken back; each is compared with its own end when it decides */
  elevations: readonly Elevated[]
  /** ms since 1970; may have grown since: decide() asks again */
  taintedUntil: number
}

/** What every decision is judged by. */
export type HouseStanding = {
  baseline: { version: number; digest: string; document: Baseline } | null
  halts: readonly Halt[]
  guarded: GuardedByName
  onLapse: 'read_only' | 'suspend'
  verdicts: VerdictRules
}

/** What calls of many agents and tools are judged by, as of one epoch. An agent or a tool that is not there has none. */
export type Standings = {
  epoch: bigint
  house: HouseStanding
  agents: ReadonlyMap<string, AgentStanding>
  tools: ReadonlyMap<string, CatalogueTool>
}

export type Standing = { epoch: bigint; house: HouseStanding; agent: AgentStanding | null; tool: CatalogueTool | null }

type Row = {
  epoch: string
  on_lapse: 'read_only' | 'suspend'
  passkey_from: Stakes
  reason_from: Stakes
  verdicts_chosen: boolean
  halts: { id: string; scope: string; target: string; released: string[] }[] | null
  guarded: Guarded[] | null
  base_version: number | null
  base_digest: string | null
  base_document: Baseline | null
  agent: Omit<AgentStanding, 'credentials' | 'boundary' | 'accountable' | 'elevations' | 'taintedUntil'> | null
  tainted_until: number | null
  credentials: { id: string; ends: number | null }[] | null
  boundary: { id: string; version: number; digest: string; signedAt: number; lapsesAt: number } | null
  document: Boundary | null
  elevations: Elevated[] | null
  accountable: Record<string, `person:${string}` | `team:${string}`> | null
  tool: StoredTool | null
}

const AGENT = `
  CASE WHEN a.id IS NOT NULL THEN json_build_object('id', a.id, 'slug', a.slug, 'state', a.state, 'environment', a.environment,
    'team', t.name, 'teamId', a.team_id, 'ownerId', a.owner_id, 'owned', o.deactivated_at IS NULL,
    'reviewDueAt', extract(epoch FROM (a.review_date + 1)::timestamp AT TIME ZONE coalesce(org.time_zone, 'UTC')) * 1000) END AS agent,
  (extract(epoch FROM a.tainted_until) * 1000)::float8 AS tainted_until,
  (SELECT json_agg(json_build_object('id', c.id, 'ends', extract(epoch FROM c.expires_at) * 1000)) FROM credential c
    WHERE c.agent_id = a.id AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())) AS credentials,
  CASE WHEN b.id IS NOT NULL THEN json_build_object('id', b.id, 'version', b.version, 'digest', encode(b.digest, 'hex'),
    'signedAt', extract(epoch FROM b.signed_at) * 1000, 'lapsesAt', extract(epoch FROM b.lapses_at) * 1000) END AS boundary,
  b.document,
  (SELECT json_agg(json_build_object('id', e.id, 'scopes', e.mcp_scopes, 'tools', e.tools, 'endsAt', extract(epoch FROM e.ends_at) * 1000) ORDER BY e.id)
     FROM elevation e WHERE e.agent_id = a.id AND e.granted_at IS NOT NULL AND e.ended_at IS NULL AND e.ends_at > clock_timestamp()) AS elevations,
  (SELECT json_object_agg(said.key, coalesce('person:' || p.id, 'team:' || m.id))
     FROM json_each_text(CASE WHEN jsonb_typeof(b.document -> 'accountable') = 'object' THEN (b.document -> 'accountable')::json ELSE '{}' END) AS said
     LEFT JOIN person p ON p.email = lower(said.value)
     LEFT JOIN team m ON m.name = said.value
    WHERE coalesce(p.id, m.id) IS NOT NULL) AS accountable`
const JOINED = `LEFT JOIN team t ON t.id = a.team_id
LEFT JOIN person o ON o.id = a.owner_id
LEFT JOIN LATERAL (SELECT * FROM boundary_version v WHERE v.agent_id = a.id AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) b ON true`
const TOOL = `
  CASE WHEN k.id IS NOT NULL THEN json_build_object('access', k.access, 'reversible', k.reversible, 'audience', k.audience,
    'production', k.production, 'spends', k.spends, 'surface', k.surface,
    'confirmed', k.confirmed_at IS NOT NULL, 'changed', k.changed_at IS NOT NULL, 'before', k.confirmed_version IS NOT NULL, 'schema', k.schema) END AS tool`
// what only an agent named is not known: its name stays out of the entries
const KNOWN_TOOL = `(k.source <> 'seen' OR k.confirmed_at IS NOT NULL)`

// One statement, so that everything is of one snapshot, whose epoch it says. Indexes: the primary keys, boundary_version_agent_id_version_key,
// baseline_version, elevation_live, halt_in_force, protected_resource_in_force, credential_agent_id_idx, tool_server_name_key.
const LOAD = `
SELECT g.epoch::text AS epoch, g.on_lapse, g.passkey_from, g.reason_from, g.verdicts_chosen,
  (SELECT json_agg(json_build_object('id', h.id, 'scope', h.scope, 'target', h.target, 'released', h.released) ORDER BY h.id) FROM halt h WHERE h.lifted_at IS NULL) AS halts,
  (SELECT json_agg(json_build_object('id', r.id, 'type', r.type, 'name', r.name) ORDER BY r.id) FROM protected_resource r WHERE r.unmarked_at IS NULL) AS guarded,
  z.version AS base_version, encode(z.digest, 'hex') AS base_digest, z.document AS base_document,
  ${AGENT},
  ${TOOL}
FROM gate g
LEFT JOIN organisation org ON true
LEFT JOIN agent a ON a.id = $1
${JOINED}
LEFT JOIN LATERAL (SELECT * FROM boundary_version v WHERE v.agent_id IS NULL AND v.status = 'signed' ORDER BY v.version DESC LIMIT 1) z ON true
LEFT JOIN tool k ON k.server = $2 AND k.name = $3 AND ${KNOWN_TOOL}
WHERE g.id = 1`

// The same of many agents, and of many tools: in one snapshot with LOAD, which says the epoch and what binds everybody.
const AGENTS = `
SELECT ${AGENT}
FROM agent a
LEFT JOIN organisation org ON true
${JOINED}
WHERE a.id = ANY ($1::uuid[])`
const TOOLS = `
SELECT k.server || '.' || k.name AS name, ${TOOL}
FROM unnest($1::text[], $2::text[]) AS asked(server, name)
JOIN tool k ON k.server = asked.server AND k.name = asked.name AND ${KNOWN_TOOL}`

type Known = {
  epoch: bigint
  house: HouseStanding
  agents: Map<string, AgentStanding>
  tools: Map<string, CatalogueTool | null>
}

const MOST_TOOLS = 10_000

/**
 * Standing facts, remembered for as long as the gate's epoch is the one they were loaded under. That they are old is never
 * assumed away here: decide() compares the epoch under lock K, and `forget` throws them out when it has moved.
 */
export class StandingFacts {
  #known: Known | null = null
  // Signed documents never change, and compiling one is dear: the object is kept from epoch to epoch.
  readonly #documents = new Map<string, Boundary | Baseline>()
  readonly #loading = new Map<string, Promise<Standing>>()

  constructor(private readonly connections: pg.Pool) {}

  /** What is remembered, or else loaded; one load at a time for the same agent and tool. */
  of(agentId: string, tool: ToolName): Promise<Standing> | Standing {
    const known = this.#known
    const agent = known?.agents.get(agentId)
    if (known && agent && known.tools.has(tool.name)) {
      return { epoch: known.epoch, house: known.house, agent, tool: known.tools.get(tool.name) ?? null }
    }
    return this.load(agentId, tool)
  }

  /** Loads again, whatever is remembered. */
  load(agentId: string, tool: ToolName): Promise<Standing> {
    const key = `${agentId} ${tool.name}`
    const running = this.#loading.get(key)
    if (running) return running
    const loading = this.#load(agentId, tool).finally(() => this.#loading.delete(key))
    this.#loading.set(key, loading)
    return loading
  }

  /**
   * What calls of these agents and tools are judged by now, of one snapshot: loaded whatever is remembered, and remembered by nobody but for the
   * documents. For questions, which no epoch is compared for afterwards.
   */
  async many(agentIds: readonly string[], tools: readonly ToolName[]): Promise<Standings> {
    const client = await this.connections.connect()
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      const { rows: house } = await client.query<Row>(LOAD, [null, '', ''])
      const { rows: agents } = await client.query<Row>(AGENTS, [agentIds])
      const { rows: known } = await client.query<{ name: string; tool: StoredTool }>(TOOLS, [
        tools.map(({ server }) => server),
        tools.map(({ tool }) => tool),
      ])
      await client.query('COMMIT')
      const [row] = house
      if (row === undefined) throw new Error('the gate has no row')
      const found = agents.flatMap((each) => this.#agentOf(each) ?? [])
      return {
        epoch: BigInt(row.epoch),
        house: this.#houseOf(row),
        agents: new Map(found.map((agent) => [agent.id, agent])),
        tools: new Map(known.map(({ name, tool }) => [name, standingTool(name, tool)])),
      }
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw error
    } finally {
      client.release()
    }
  }

  /** Throws out what was loaded under an epoch older than the one the gate is at. */
  forget(epoch: bigint): void {
    if (this.#known && this.#known.epoch < epoch) this.#known = null
  }

  async #load(agentId: string, tool: ToolName): Promise<Standing> {
    const { rows } = await this.connections.query<Row>({
      name: 'standing',
      text: LOAD,
      values: [agentId, tool.server, tool.tool],
    })
    const [row] = rows
    if (row === undefined) throw new Error('the gate has no row')
    const epoch = BigInt(row.epoch)
    const agent = this.#agentOf(row)
    const found = row.tool === null ? null : standingTool(tool.name, row.tool)
    if (this.#known === null || this.#known.epoch < epoch) {
      this.#known = { epoch, house: this.#houseOf(row), agents: new Map(), tools: new Map() }
    }
    const known = this.#known
    if (known.epoch !== epoch) return { epoch, house: this.#houseOf(row), agent, tool: found }
    if (agent) known.agents.set(agentId, agent)
    if (known.tools.size >= MOST_TOOLS) known.tools.clear()
    known.tools.set(tool.name, found)
    return { epoch, house: known.house, agent, tool: found }
  }

  #houseOf(row: Row): HouseStanding {
    const { base_version: version, base_digest: digest, base_document: document } = row
    return {
      halts: (row.halts ?? []).map((halt) => ({ ...halt, liftedAt: null })),
      guarded: byName(row.guarded ?? []),
      onLapse: row.on_lapse,
      verdicts: { passkeyFrom: row.passkey_from, reasonFrom: row.reason_from, chosen: row.verdicts_chosen },
      baseline:
        version === null || digest === null || document === null
          ? null
          : { version, digest: `sha256:${digest}`, document: this.#same(`baseline ${digest}`, document) },
    }
  }

  #agentOf(row: Row): AgentStanding | null {
    if (row.agent === null) return null
    const { boundary, document } = row
    return {
      ...row.agent,
      credentials: new Map((row.credentials ?? []).map(({ id, ends }) => [id, ends])),
      boundary:
        boundary === null || document === null
          ? null
          : { ...boundary, digest: `sha256:${boundary.digest}`, document: this.#same(boundary.id, document) },
      accountable: row.accountable ?? {},
      elevations: row.elevations ?? [],
      taintedUntil: row.tainted_until ?? 0,
    }
  }

  #same<T extends Boundary | Baseline>(key: string, document: T): T {
    const kept = this.#documents.get(key)
    if (kept !== undefined) return kept as T // what a key named once it always names
    if (this.#documents.size >= 2_000) this.#documents.clear()
    this.#documents.set(key, document)
    return document
  }
}
