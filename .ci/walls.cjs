// The walls of the house (DESIGN §2), checked by dependency-cruiser: every one an error. Here are those that hold for types as
// well as for code; walls-at-run-time.cjs has those about what gets loaded.
const options = require('./walls-options.cjs')

const ROOMS = [
  ...[
    'core',
    'db',
    'ledger',
    'people',
    'approvals',
    'agents',
    'tools',
    'resources',
    'boundary',
    'runs',
    'halt',
    'decisions',
    'trials',
  ],
  ...['alerts', 'reviews', 'audit', 'evidence', 'notify', 'signals', 'upstreams', 'gateway'],
]

const TEST = String.raw`\.test\.tsx?$|^lib/[^/]+/[a-z-]*testing\.ts$`
const room = (name) => `^lib/${name}/`
const anyOf = (names) => `^lib/(${names.join('|')})/`

/** A room imports only from rooms to its left. */
const order = ROOMS.slice(0, -1).map((name, i) => ({
  name: `rooms-in-order: ${name}`,
  comment: `lib/${name} may not know the rooms to its right; they learn by tailing the ledger.`,
  severity: 'error',
  from: { path: room(name), pathNot: TEST },
  to: { path: anyOf(ROOMS.slice(i + 1)) },
}))

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const walls = [
  forbid(
    'known-room',
    'A folder of lib is one of the rooms, or lib/http.',
    { path: '.' },
    { path: '^lib/', pathNot: anyOf([...ROOMS, 'http']) },
  ),
  forbid(
    'lib-below',
    'lib knows neither pages nor components nor clients.',
    { path: '^lib/', pathNot: TEST },
    { path: '^(app|components|clients|server)' },
  ),
  forbid(
    'components-below',
    'Components know no pages, no clients, no server.',
    { path: '^components/' },
    { path: '^(app|clients|server|lib/(gateway|http))', pathNot: '^clients/verifier/proof/' },
  ),
  forbid(
    'clients-apart',
    'Clients run beside an agent, never inside the server.',
    { path: '^clients/', pathNot: TEST },
    { path: '^(app|components|server|lib/(db|http|gateway))' },
  ),
  forbid(
    'nobody-calls-clients',
    'The server never runs a client.',
    { path: '^(lib|app|components|server)', pathNot: TEST },
    { path: '^clients/', pathNot: '^clients/verifier/proof/' },
  ),
  forbid(
    'proofs-are-for-browsers',
    'What a browser proves with is the verifier’s own, and the server has no use for it.',
    { path: '^(lib|app|server)', pathNot: TEST },
    { path: '^clients/verifier/' },
  ),
  forbid(
    'verifier-stands-alone',
    'Whoever checks evidence trusts the verifier’s own few files and Node, and nothing the server is made of.',
    { path: '^clients/verifier/', pathNot: TEST },
    { pathNot: '^clients/verifier/', dependencyTypesNot: ['core'] },
  ),
  forbid(
    'sdk-stands-alone',
    'The SDK is published: it has nothing of the server, and no dependency but Node.',
    { path: '^clients/sdk/', pathNot: TEST },
    { pathNot: '^clients/sdk/', dependencyTypesNot: ['core'] },
  ),
  forbid(
    'pages-and-protocols-apart',
    'Human pages and machine protocols share rooms, never each other.',
    { path: '^app/' },
    { path: '^lib/gateway/' },
  ),
  forbid(
    'protocols-and-pages-apart',
    'The handler helper belongs to the console.',
    { path: '^lib/(?!http/|gateway/server/)' },
    { path: '^lib/http/' },
  ),
  forbid(
    'http-is-low',
    'The handler helper knows sessions, not what rooms do.',
    { path: '^lib/http/', pathNot: TEST },
    { path: anyOf(ROOMS.slice(4)) },
  ),
  ...ROOMS.map((name) =>
    forbid(
      `store-is-private: ${name}`,
      'A store is its own room’s.',
      { path: '^lib/', pathNot: `${TEST}|${room(name)}` },
      { path: `${room(name)}store` },
    ),
  ),
  forbid(
    'store-is-not-for-screens',
    'Pages use reads, handlers use verbs.',
    { path: '^(app|components|clients|server)' },
    { path: '^lib/[^/]+/store' },
  ),
  forbid(
    'no-next-in-lib',
    'Next and React stay out of lib, but for sessions and the handler helper.',
    { path: '^lib/', pathNot: '^lib/people/session-[^/]+\\.ts$|^lib/http/' },
    { path: '(^|/)node_modules/(next|next-auth|react|react-dom)/' },
  ),
  forbid(
    'no-server-only',
    'It throws outside Next; these walls do its work.',
    {},
    { path: 'node_modules/server-only/' },
  ),
  forbid(
    'tests-only-in-tests',
    'Test tools serve tests.',
    { path: '^(app|components|lib|clients|server)', pathNot: TEST },
    { path: '(^|/)node_modules/(vitest|@playwright)/|^(lib/db/testing\\.ts$|e2e/)' },
  ),
  forbid(
    'no-dev-dependency',
    'What runs is not installed for development alone.',
    { path: '^(app|components|lib|clients|server)', pathNot: TEST },
    { dependencyTypes: ['npm-dev'] },
  ),
  forbid(
    'no-orphans',
    'A file nobody uses, and that uses nobody, is left over.',
    {
      orphan: true,
      pathNot: `${TEST}|\\.d\\.ts$|^(app|e2e|prisma|clients/cli)/|^clients/verifier/main|config\\.(ts|js|mjs)$`,
    },
    {},
  ),
  forbid(
    'resolvable',
    'An import leads somewhere, to a dependency that package.json names.',
    {},
    { couldNotResolve: true },
  ),
  forbid(
    'declared',
    'A package that happens to be there is not a dependency. (The tests of the SDK use ours: its own manifest names what it needs, which is nothing.)',
    { pathNot: '^clients/sdk/.*\\.test\\.ts$' },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
]

module.exports = { forbidden: [...order, ...walls], options: { ...options, tsPreCompilationDeps: true } }
