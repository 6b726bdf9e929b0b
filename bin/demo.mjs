// `npm run demo [SCENARIO]`: Countersign with a sample organisation on data of its own. `demo`, whose agents' programs run as clients of the API;
// `certification`, the two agents and the enforcement point that the certification scenario of AuthZEN asks about.
import path from 'node:path'
import { start } from './start.mjs'
import { giveUp, say, step } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')
const SCENARIOS = ['demo', 'certification']
const [scenario = 'demo'] = process.argv.slice(2)
const dataFolder = process.env.COUNTERSIGN_DATA || path.join(root, '.data', scenario)

async function runDemo() {
  if (!SCENARIOS.includes(scenario))
    throw new Error(`There is no scenario ${JSON.stringify(scenario)}: say ${SCENARIOS.join(' or ')}.`)
  const server = await start({ COUNTERSIGN_DATA: dataFolder }, { sayFirstRun: false })
  const { [scenario]: found } = await import(path.join(root, `dist/prisma/scenarios/${scenario}/${scenario}.js`))
  const running = await found(server, dataFolder, step).catch(async (error) => {
    await server.stop()
    throw error
  })
  // Beside the server's own handlers: the programs stop asking before there is nobody to answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void running.stop())
  say('')
  say(`Sign in at ${server.url} as any of:`)
  for (const { name, email, roles, password } of running.people) {
    say(`  ${(roles.join(', ') || 'owner').padEnd(14)} ${name.padEnd(18)} ${email.padEnd(28)} ${password}`)
  }
  say(`The same, and what programs ask with: ${path.join(dataFolder, 'credentials.json')}`)
}

await runDemo().catch(giveUp)
