import { CANARY_BOUNDARY, CANARY_CATALOGUE } from '@/clients/canary/canary'

/**
 * The demo's organisation: a mutual insurer with a security operations team, a customer support team and a platform team.
 * Names are invented. Nothing here is inserted: `found.ts` makes all of it through the console's own API, as people would.
 */
export const organisation = { name: 'Quillhaven Mutual', timeZone: 'Europe/Amsterdam' }

export const teams = ['Security operations', 'Customer support', 'Platform'] as const
export type TeamName = (typeof teams)[number]

export type DemoPerson = { key: string; name: string; email: string; roles: string[]; team: TeamName }

/** The first one is made by the first-run link; the others join by invitation. */
export const people = [
  { key: 'noor', name: 'Noor Halvorsen', email: 'noor@quillhaven.example', roles: ['administrator'], team: 'Platform' },
  { key: 'ilse', name: 'Ilse Tamm', email: 'ilse@quillhaven.example', roles: ['ciso'], team: 'Security operations' },
  {
    key: 'dana',
    name: 'Dana Whitlock',
    email: 'dana@quillhaven.example',
    roles: ['analyst'],
    team: 'Security operations',
  },
  { key: 'bram', name: 'Bram Castellane', email: 'bram@quillhaven.example', roles: ['analyst'], team: 'Platform' },
  {
    key: 'sanne',
    name: 'Sanne Achterberg',
    email: 'sanne@quillhaven.example',
    roles: ['auditor'],
    team: 'Security operations',
  },
  { key: 'priya', name: 'Priya Lindholm', email: 'priya@quillhaven.example', roles: [], team: 'Security operations' },
  { key: 'yuki', name: 'Yuki Oyelaran', email: 'yuki@quillhaven.example', roles: [], team: 'Customer support' },
  { key: 'mateo', name: 'Mateo Brandvold', email: 'mateo@quillhaven.example', roles: [], team: 'Platform' },
] as const satisfies readonly DemoPerson[]
export type PersonKey = (typeof people)[number]['key']

type ToolClass = {
  access: 'read' | 'write'
  reversible?: boolean
  audience?: 'internal' | 'customer' | 'external'
  production?: boolean
  spends?: boolean
}
const read: ToolClass = { access: 'read' }

/** The catalogue, in the format `replay --catalogue` and the console's import read. Classes are confirmed by the ciso. */
export const catalogue: readonly { tool: string; class: ToolClass; schema?: Record<string, unknown> }[] = [
  { tool: 'siem.search', class: read },
  {
    tool: 'siem.update_rule',
    class: { access: 'write', reversible: true },
    schema: fields({ rule: 'string', content: 'string' }),
  },
  { tool: 'edr.process_tree', class: read },
  {
    tool: 'edr.isolate_host',
    class: { access: 'write', reversible: false, production: true },
    schema: fields({ host: 'string' }),
  },
  { tool: 'intel.lookup', class: read },
  { tool: 'tickets.read', class: read },
  {
    tool: 'tickets.add_comment',
    class: { access: 'write', reversible: true },
    schema: fields({ ticket: 'string', text: 'string' }),
  },
  { tool: 'mail.search', class: read },
  { tool: 'mail.quarantine', class: { access: 'write', reversible: false }, schema: fields({ message: 'string' }) },
  { tool: 'kb.search', class: read },
  {
    tool: 'kb.update_article',
    class: { access: 'write', reversible: true },
    schema: fields({ article: 'string', text: 'string' }),
  },
  { tool: 'crm.read_contact', class: read },
  { tool: 'crm.export_contacts', class: { access: 'read', audience: 'external' } },
  { tool: 'crm.send_customer_email', class: { access: 'write', reversible: false, audience: 'customer' } },
  {
    tool: 'crm.refund_request',
    class: { access: 'write', reversible: false, audience: 'customer', spends: true },
    schema: fields({ order: 'string', amount: 'number', currency: 'string' }),
  },
  { tool: 'k8s.get_deployment', class: read },
  {
    tool: 'k8s.rollout_restart',
    class: { access: 'write', reversible: false, production: true },
    schema: fields({ namespace: 'string', deployment: 'string' }),
  },
  { tool: 'metrics.query', class: read },
  {
    tool: 'repo.commit_file',
    class: { access: 'write', reversible: true },
    schema: fields({ path: 'string', message: 'string', diff: 'string' }),
  },
  { tool: 'cloud.read_costs', class: read },
  { tool: 'iam.list_users', class: read },
  {
    tool: 'iam.disable_user',
    class: { access: 'write', reversible: false, production: true },
    schema: fields({ user: 'string' }),
  },
  CANARY_CATALOGUE,
]

function fields(types: Record<string, 'string' | 'number'>): Record<string, unknown> {
  const properties = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]))
  return { type: 'object', properties, required: Object.keys(types), additionalProperties: false }
}

export type DemoAgent = {
  slug: string
  purpose: string
  owner: PersonKey
  team: TeamName
  environment: string
  boundary: string
}

const dataFlow = {
  provider: 'Model host A, Frankfurt',
  region: 'EU',
  retention: 'None: prompts are not kept',
  agreement: 'Data processing agreement of 10 March 2026',
}
export const dataGoes = dataFlow

export const agents: readonly DemoAgent[] = [
  {
    slug: 'soc-triage',
    purpose: 'Triages endpoint and sign-in alerts for security operations, and asks to isolate hosts.',
    owner: 'priya',
    team: 'Security operations',
    environment: 'production',
    boundary: `agent: soc-triage
purpose: Triage endpoint and sign-in alerts
mcp_scopes:
  siem:    [read]
  edr:     [read]
  intel:   [read]
  tickets: [read, write]
approval_required:
  - edr.isolate_host
never:
  - iam.disable_user
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'phish-responder',
    purpose: 'Reads reported mail, looks for the same sender elsewhere, and asks to quarantine.',
    owner: 'priya',
    team: 'Security operations',
    environment: 'production',
    boundary: `agent: phish-responder
purpose: Find and contain phishing
mcp_scopes:
  mail:    [read]
  intel:   [read]
  tickets: [read, write]
approval_required:
  - mail.quarantine
never:
  - crm.export_contacts
audit: all_tool_calls
kill_switch: org-wide, tested monthly
watch:
  - forbidden: 40 within 10m
  - failed: 40 within 10m
  - run_longer_than: 12h
  - calls: 1000 within 5m
    then: alert
`,
  },
  {
    slug: 'support-triage',
    purpose:
      'Sorts incoming tickets, drafts answers from the knowledge base, and asks before a customer hears anything.',
    owner: 'yuki',
    team: 'Customer support',
    environment: 'production',
    boundary: `agent: support-triage
sandbox: isolated, network egress = allowlist only
mcp_scopes:
  tickets:   [read]
  kb:        [read]
  crm:       [read]
approval_required:
  - send_customer_email
  - refund_request
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'billing-refunds',
    purpose: 'Checks refund requests against the policy and asks a person to release them.',
    owner: 'yuki',
    team: 'Customer support',
    environment: 'production',
    boundary: `agent: billing-refunds
purpose: Prepare refunds
mcp_scopes:
  crm:     [read]
  tickets: [read, write]
approval_required:
  - crm.refund_request
never:
  - crm.export_contacts
limits: {spend_per_day: 5000 EUR, tokens_per_day: 2000000, concurrent_runs: 8, run_length: 1d}
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'kb-librarian',
    purpose: 'Keeps the knowledge base current: rewrites articles that tickets contradict.',
    owner: 'yuki',
    team: 'Customer support',
    environment: 'staging',
    boundary: `agent: kb-librarian
purpose: Keep the knowledge base current
mcp_scopes:
  kb:      [read, write]
  tickets: [read]
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'deploy-steward',
    purpose: 'Watches rollouts in the claims cluster and asks to restart what hangs.',
    owner: 'mateo',
    team: 'Platform',
    environment: 'production',
    boundary: `agent: deploy-steward
purpose: Watch rollouts, restart what hangs
mcp_scopes:
  k8s:     [read]
  metrics: [read]
  repo:    [read, write]
  tickets: [read, write]
approval_required:
  - k8s.rollout_restart
expires: 10 days
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'cost-watcher',
    purpose: 'Compares cloud costs with the budget and writes a comment when they part.',
    owner: 'mateo',
    team: 'Platform',
    environment: 'production',
    boundary: `agent: cost-watcher
purpose: Watch cloud costs
mcp_scopes:
  cloud:   [read]
  tickets: [read, write]
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'rule-tuner',
    purpose: 'Tries detection rules on past logs and proposes better ones.',
    owner: 'priya',
    team: 'Security operations',
    environment: 'production',
    boundary: `agent: rule-tuner
purpose: Tune detection rules
mcp_scopes:
  siem: [read, write]
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'siem-connector',
    purpose: 'Reports which detection rules are in force and when they fire.',
    owner: 'priya',
    team: 'Security operations',
    environment: 'production',
    boundary: `agent: siem-connector
purpose: Report detections
mcp_scopes:
  siem: [read]
audit: all_tool_calls
kill_switch: org-wide, tested monthly
`,
  },
  {
    slug: 'canary',
    purpose: 'Shows that halts reach an agent: it does nothing but say that it lives, and confirms drills.',
    owner: 'mateo',
    team: 'Platform',
    environment: 'production',
    boundary: CANARY_BOUNDARY,
  },
]
