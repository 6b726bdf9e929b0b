// `npm run demo`: Countersign with a sample organisation on data of its own, whose agents' programs run as clients of the API.
import path from 'node:path'
import { start } from './start.mjs'
import { giveUp, say, step } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')
const dataFolder = process.env.COUNTERSIGN_DATA || path.join(root, '.data/demo')

async function runDemo() {
  const server = await start({ COUNTERSIGN_DATA: dataFolder }, { sayFirstRun: false })
  const { demo } = await import(path.join(root, 'dist/prisma/scenarios/demo/demo.js'))
  const running = await demo(server, dataFolder, step).catch(async (error) => {
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
  say(`The same, and the agents' credentials: ${path.join(dataFolder, 'credentials.json')}`)
}

await runDemo().catch(giveUp)
