// `npm start`: from a fresh clone to a served console, with nothing there but Node. Plain JavaScript, since nothing is installed yet.
import './check-node.mjs'
import net from 'node:net'
import path from 'node:path'
import { built, buildAll, fingerprint } from './build.mjs'
import { install, installed } from './install.mjs'
import { giveUp, say, sentence, sinceStart, step } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')

/** Before minutes of installing: nothing else may listen where we shall. */
async function checkPort() {
  const port = Number(process.env.PORT || 3000)
  const host = process.env.HOST || '127.0.0.1'
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw sentence('PORT is not a port between 0 and 65535.')
  await new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', (error) => reject(sentence(refusal(error.code, host, port))))
    probe.listen({ port, host }, () => probe.close(resolve))
  })
}

function refusal(code, host, port) {
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken: stop the program that uses it, or set PORT.`
  if (code === 'EACCES') return `Port ${port} needs more rights than this user has: set PORT to one above 1023.`
  return `HOST ${host} is not an address of this machine (${code}).`
}

/** Everything `npm start` and `npm run demo` do before they serve. */
export async function prepare() {
  await checkPort()
  await step('dependencies', async () => {
    if (installed({ dev: false })) return 'up to date'
    if (!process.stdout.isTTY) say('  dependencies  installing …')
    await install()
    return 'installed'
  })
  await step('build', async () => {
    if (built(fingerprint())) return 'up to date'
    if (!process.stdout.isTTY) say('  build         building …')
    await buildAll()
    return 'made'
  })
  process.env.NODE_ENV = 'production'
  process.env.NEXT_TELEMETRY_DISABLED = '1'
}

/** Serves in this process until a signal; answers once it does. `env` lies over the process's own. */
export async function start(env = {}, { sayFirstRun = true } = {}) {
  process.chdir(root)
  Object.assign(process.env, env)
  await prepare()
  const { serve } = await import(path.join(root, 'dist/server.js'))
  const server = await serve({ root, step })
  if (sayFirstRun && server.firstRun !== undefined)
    say(
      `First run: open this link to create the first administrator. It works once, for an hour.\n  ${server.firstRun}`,
    )
  say(`Ready after ${sinceStart()} at ${server.url} (Ctrl-C stops everything)`)
  return server
}

if (import.meta.filename === process.argv[1]) await start().catch(giveUp)
