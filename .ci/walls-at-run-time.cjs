// The walls about what is loaded: imports of types alone do not count here.
const options = require('./walls-options.cjs')

const TEST = String.raw`\.test\.tsx?$|^lib/[^/]+/[a-z-]*testing\.ts$`
const CORE_MODULES = require('node:module').builtinModules.filter(
  (name) => !name.startsWith('_') && !name.includes(':'),
)
const SERVER = `^lib/(db|gateway|http)/|(^|/)node_modules/(pg|@prisma|fastify|graphile-worker)/|^(${CORE_MODULES.join('|')})$`
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

module.exports = {
  forbidden: [
    forbid('no-cycles', 'Two files that need each other are one file, or three.', {}, { circular: true }),
    forbid(
      'contract-is-for-browsers',
      'A contract reaches nothing of the server.',
      { path: '^lib/[^/]+/contract\\.ts$' },
      { path: SERVER, reachable: true },
    ),
    forbid(
      'components-are-for-browsers',
      'Components use rules and contracts, never the server.',
      { path: '^components/', pathNot: TEST },
      { path: SERVER, reachable: true },
    ),
    forbid(
      'clients-hold-no-database',
      'A client reaches no database; verify and ledger may, because they are about the install they stand in.',
      { path: '^clients/', pathNot: `${TEST}|^clients/cli/(verify|ledger)\\.ts$` },
      { path: '^lib/(db|gateway|http)/|(^|/)node_modules/(pg|@prisma|next|fastify)/', reachable: true },
    ),
  ],
  options: { ...options, tsPreCompilationDeps: false },
}
