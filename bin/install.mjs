// Installs the dependencies that package-lock.json asks for, when some are missing or of another version.
import fs from 'node:fs'
import path from 'node:path'
import { runChild } from './child.mjs'
import { sentence } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')

/** Whether node_modules holds what the lock names. `dev: false` asks only for what serving needs. */
export function installed({ dev }) {
  const wanted = read('package-lock.json')
  const there = read('node_modules/.package-lock.json')
  if (wanted === null || there === null) return false
  return Object.entries(wanted.packages).every(([where, { version, optional, devOptional, dev: onlyDev }]) => {
    if (where === '' || optional || devOptional || (onlyDev && !dev)) return true
    return there.packages[where]?.version === version
  })
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'))
  } catch {
    return null
  }
}

/** `npm ci`, quietly; what npm said is shown only when it fails. */
export async function install() {
  // Inside `npm start` this names the npm that runs us; elsewhere it is the one on the path.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const args = [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error']
  // NODE_ENV=production would leave out what the tests need.
  const env = { ...process.env, NODE_ENV: '', npm_config_update_notifier: 'false' }
  const { code, output } = await runChild(npm[0], args, { cwd: root, env }).catch((error) => {
    throw sentence(`npm could not be started (${error.code}): install Node with npm.`)
  })
  if (code === 0) return
  if (output.includes('ENOSPC')) throw sentence('No space is left on the disk for the dependencies: free about 1 GB.')
  throw sentence(`The dependencies could not be installed (npm ci ended with ${code}):\n${output.trim()}`)
}
