/**
 * The fixture of the certification scenario of AuthZEN's Authorization API 1.0 (OpenID, 2026), as an organisation of ours: two agents that read, write and
 * delete records. Its eight mandated decisions follow from the two boundaries. Names are invented.
 */
export const organisation = { name: 'Record Office', timeZone: 'UTC' }
const TEAM = 'Records'
export const teams = [TEAM] as const

const person = (key: string, name: string, roles: string[]) => ({
  key,
  name,
  email: `${key}@records.example`,
  roles,
  team: TEAM,
})

/** The first one is made by the first-run link; the others join by invitation. */
export const people = [
  person('noor', 'Noor Halvorsen', ['administrator']),
  person('ilse', 'Ilse Tamm', ['ciso']),
  person('dana', 'Dana Whitlock', ['analyst']),
  person('priya', 'Priya Lindholm', []),
]

/** What there is to be done to a record, classed as a person confirms it. */
export const catalogue = [
  { tool: 'record.read', class: { access: 'read' } },
  { tool: 'record.write', class: { access: 'write', reversible: true } },
  { tool: 'record.delete', class: { access: 'write', reversible: false } },
] as const

/** Reads; writes what is not archived, and asks about what is; deletes what can be restored. */
export const ALICE = `agent: alice
purpose: Keeps the records
mcp_scopes:
  record: [read]
autonomous:
  - tool: record.write
    when: '!(has(resource.status) && resource.status == "archived")'
  - tool: record.delete
    when: args.soft == true
    override: it can be restored
approval_required:
  - tool: record.write
    when: has(resource.status) && resource.status == "archived"
never:
  - tool: record.delete
    when: args.soft == false
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`

/** Reads, and writes where whoever asks for him vouches that he is an administrator. */
export const BOB = `agent: bob
purpose: Reads the records
mcp_scopes:
  record: [read]
autonomous:
  - tool: record.write
    when: has(subject.role) && subject.role == "admin"
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`

const agent = (slug: string, purpose: string, boundary: string) => ({
  slug,
  purpose,
  boundary,
  team: TEAM,
  environment: 'staging',
  data: { provider: 'Model host A', region: 'Frankfurt', retention: '0 days', agreement: 'DPA of 10 March 2026' },
})
export const agents = [agent('alice', 'Keeps the records.', ALICE), agent('bob', 'Reads the records.', BOB)]
