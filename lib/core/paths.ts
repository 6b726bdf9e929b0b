/** Every URL of the console, in one place: a link that is not made here is a link that breaks. */
export const paths = {
  posture: () => '/',
  approvals: (filter?: 'mine' | 'all') => (filter ? `/approvals?show=${filter}` : '/approvals'),
  attention: () => '/approvals/attention',
  approvalsAlike: (key: string) => `/approvals/alike/${key}`,
  approval: (approvalId: string) => `/approvals/${approvalId}`,
  agents: () => '/agents',
  newAgent: () => '/agents/new',
  agent: (slug: string) => `/agents/${slug}`,
  editAgent: (slug: string) => `/agents/${slug}/edit`,
  agentCredentials: (slug: string) => `/agents/${slug}/credentials`,
  boundaries: () => '/boundaries',
  boundary: (slug: string, version: number) => `/boundaries/${slug}/${version}`,
  draftBoundary: (slug: string) => `/boundaries/${slug}/draft`,
  pastUnder: (slug: string, version: number, query?: { was: string; would: string; before?: string }) =>
    `/boundaries/${slug}/${version}/past${query ? `?${new URLSearchParams(query).toString()}` : ''}`,
  tools: (query?: { show?: string; q?: string; act?: string }) => {
    const search = new URLSearchParams(
      Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== ''),
    )
    return search.size > 0 ? `/boundaries/tools?${search.toString()}` : '/boundaries/tools'
  },
  /** Which agents may do this to that? The question is the address. */
  whoMay: (query?: Readonly<Record<string, string | undefined>>) => asking('/boundaries/may', query),
  /** The same for many agents and the tools of one server, as a picture. */
  mayGrid: (query?: Readonly<Record<string, string | undefined>>) => asking('/boundaries/may/grid', query),
  /** What may this agent do? */
  whatMay: (slug: string, query?: Readonly<Record<string, string | undefined>>) => asking(`/agents/${slug}/may`, query),
  /** `toolId` as it is in URLs, `tol_…`. */
  tool: (toolId: string) => `/boundaries/tools/${toolId}`,
  upstreams: (query?: { act?: string }) =>
    query?.act ? `/boundaries/upstreams?act=${query.act}#act` : '/boundaries/upstreams',
  upstream: (name: string, query?: { act?: string }) =>
    `/boundaries/upstreams/${encodeURIComponent(name)}${query?.act ? `?act=${query.act}#act` : ''}`,
  audit: (query?: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries(query ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined)
    const search = new URLSearchParams(given)
    return search.size > 0 ? `/audit?${search.toString()}` : '/audit'
  },
  export: (query?: { q?: string; agent?: string; outcome?: string; action?: string; from?: string; to?: string }) => {
    const search = new URLSearchParams(Object.entries(query ?? {}).filter(([, value]) => value !== undefined))
    return search.size > 0 ? `/audit/export?${search.toString()}` : '/audit/export'
  },
  action: (actionId: string) => `/audit/actions/${actionId}`,
  /** `runId` as it is in URLs, `run_…`; `query` pages, and says which stop to show the result of. */
  run: (runId: string, query?: Readonly<Record<string, string>>) =>
    `/audit/runs/${runId}${query ? `?${new URLSearchParams(query).toString()}` : ''}`,
  entry: (index: number | string) => `/audit/entries/${index}`,
  person: (personId: string, asOf?: string) =>
    `/settings/people/${personId}${asOf ? `?at=${encodeURIComponent(asOf)}` : ''}`,
  integrity: () => '/audit/integrity',
  resources: () => '/audit/resources',
  resource: (type: string, name: string) => `/audit/resources/${encodeURIComponent(type)}/${encodeURIComponent(name)}`,
  owner: (personId: string, query?: { from?: string; to?: string }) => {
    const search = new URLSearchParams(Object.entries(query ?? {}).filter(([, value]) => value !== undefined))
    return `/audit/owners/${personId}${search.size > 0 ? `?${search.toString()}` : ''}`
  },
  reviews: (query?: { show?: 'closed'; agent?: string; before?: string }) => {
    const search = new URLSearchParams(Object.entries(query ?? {}).filter(([, value]) => value !== undefined))
    return search.size > 0 ? `/reviews?${search.toString()}` : '/reviews'
  },
  /** `actionId` of the change, `act_…`. */
  review: (actionId: string) => `/reviews/${actionId}`,
  alerts: () => '/alerts',
  alert: (alertId: string) => `/alerts/${alertId}`,
  /** `name`: which of its kind, under the scope's own name. */
  halt: (scope?: string, name?: string) => {
    const search = new URLSearchParams({ ...(scope && { scope }), ...(scope && name && { [scope]: name }) })
    return search.size > 0 ? `/halt?${search.toString()}` : '/halt'
  },
  /** The same, and the question that stands before the widest halts. */
  haltAsked: (scope: string, name?: string) =>
    `/halt?${new URLSearchParams({ scope, ...(name && { [scope]: name }), asked: '1' }).toString()}`,
  /** One form without scripts or shell, for when other pages do not load. */
  haltNow: () => '/halt/now',
  runbook: () => '/halt/runbook',
  /** What the grades of agents mean. `grade`: where on the page. */
  grades: (grade?: string) => (grade === undefined ? '/halt/grades' : `/halt/grades#${grade}`),
  halts: (query?: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries(query ?? {}).filter((pair): pair is [string, string] => !!pair[1])
    return given.length > 0 ? `/halt/history?${new URLSearchParams(given).toString()}` : '/halt/history'
  },
  drills: () => '/halt/drills',
  /** `drillId` as it is in URLs, `drl_…`. */
  drill: (drillId: string) => `/halt/drills/${drillId}`,
  haltOf: (haltId: string) => `/halt/${haltId}`,
  settings: () => '/settings',
  people: () => '/settings/people',
  onCall: () => '/settings/on-call',
  absence: () => '/settings/absence',
  tokens: () => '/settings/tokens',
  enforcementPoints: (query?: { let?: string; revoke?: string }) =>
    query
      ? `/settings/enforcement-points?${new URLSearchParams(query).toString()}#act`
      : '/settings/enforcement-points',
  sessions: () => '/settings/sessions',
  /** Where a command line is let in; with its id, a bare UUID, once its code was typed. */
  device: (id?: string) => (id === undefined ? '/device' : `/device/${id}`),
  passkeys: (act?: string) => (act ? `/settings/passkeys?${act}` : '/settings/passkeys'),
  streams: () => '/settings/streams',
  /** `revoke`: the form that ends one, by its id as it is in URLs, `src_…`. */
  haltSources: (revoke?: string) => (revoke ? `/settings/halt-sources?revoke=${revoke}#act` : '/settings/halt-sources'),
  notifications: () => '/settings/notifications',
  /** `make`: the form for a new one of a kind; `edit`, `remove`: the id of one as it is in URLs, `chn_…`. */
  channels: (query?: { make?: string; edit?: string; remove?: string }) =>
    query ? `/settings/channels?${new URLSearchParams(query).toString()}#act` : '/settings/channels',
  data: () => '/settings/data',
  /** `change`: opens the form of one, by its `chk_…`, or of a `new` one. */
  scrutiny: (change?: string) => (change ? `/settings/scrutiny?change=${change}#act` : '/settings/scrutiny'),
  signals: () => '/settings/signals',
  newStream: (kind?: string) => (kind ? `/settings/streams/new?kind=${kind}` : '/settings/streams/new'),
  /** `streamId` as it is in URLs, `str_…`; `act` opens the form of one act. */
  streamAt: (streamId: string, act?: string) => `/settings/streams/${streamId}${act ? `?act=${act}#act` : ''}`,
  login: (next?: string) => (next ? `/login?next=${encodeURIComponent(next)}` : '/login'),
  join: (token: string) => `/join/${token}`,
  welcome: (token: string) => `/welcome/${token}`,
  newPassword: (token: string) => `/new-password/${token}`,
  organisation: () => '/settings/organisation',
} as const

/** An address with what is said of its query; what is empty is left out. */
function asking(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1])
  return given.length > 0 ? `${path}?${new URLSearchParams(given).toString()}` : path
}
