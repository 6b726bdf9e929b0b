#!/usr/bin/env node
// `npx countersign VERB …`, inside the clone. Each verb is clients/cli/VERB.ts: it exports `verb`, its part of the table of commands, and
// `run(args)`, which answers the exit code. clients/cli/shared/main.ts finds it.
import './check-node.mjs'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { built, buildCommands } from './build.mjs'
import { install, installed } from './install.mjs'
import { giveUp } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'dist/cli')

function verbs() {
  const sources = fs.readdirSync(path.join(root, 'clients/cli'))
  return sources
    .filter((file) => /^[a-z-]+\.ts$/.test(file))
    .map((file) => file.slice(0, -3))
    .sort()
}

async function main(args) {
  if (!installed({ dev: false })) await install()
  if (!built() && !commandsAreFresh()) await buildCommands()
  const cli = await import(pathToFileURL(path.join(folder, 'shared/main.js')).href)
  return cli.main(args)
}

/** Without a whole build, the verbs are rebuilt when one is older than what it is made of. */
function commandsAreFresh() {
  const newest = (dir) =>
    Math.max(
      0,
      ...fs
        .readdirSync(dir, { recursive: true, withFileTypes: true })
        .map((entry) => fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs),
    )
  const made = verbs().map(
    (verb) => fs.statSync(path.join(folder, `${verb}.js`), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  )
  return Math.min(...made) > Math.max(newest(path.join(root, 'clients')), newest(path.join(root, 'lib')))
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  giveUp(error)
}
