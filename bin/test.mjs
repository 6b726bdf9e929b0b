// `npm test`: every check there is, or the ones named (`node bin/test.mjs types lint walls format unit db start e2e`). The last line is
// always `N passed, N failed`; a check of the whole tree counts as one.
import './check-node.mjs'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { built, buildAll, generateClient } from './build.mjs'
import { runChild } from './child.mjs'
import { install, installed } from './install.mjs'
import { say } from './terminal.mjs'

const root = path.resolve(import.meta.dirname, '..')
const results = fs.mkdtempSync(path.join(os.tmpdir(), 'countersign-results-'))
const tool = (script) => path.join(root, 'node_modules', script)

/** Runs a program in the open; its output is the report. Answers its exit code. */
async function run(args, env = {}) {
  const { code } = await runChild(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    show: true,
  })
  return code
}

/** A check of the whole tree: one test, passed when every command of it succeeds. */
const whole =
  (...commands) =>
  async () => {
    for (const command of commands) if ((await run(command)) !== 0) return { passed: 0, failed: 1 }
    return { passed: 1, failed: 0 }
  }

const depcruise = (config) => [
  tool('dependency-cruiser/bin/dependency-cruise.mjs'),
  ...['--config', `.ci/${config}.cjs`, '--output-type', 'err'],
  ...['app', 'components', 'lib', 'clients', 'prisma', 'server.ts'].filter((part) =>
    fs.existsSync(path.join(root, part)),
  ),
]

/** Test files that could not even be loaded count as one failure each; so does a run that broke for another reason. */
async function vitest(project) {
  const file = path.join(results, `${project}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await run([
    tool('vitest/vitest.mjs'),
    'run',
    '--config',
    '.ci/vitest.config.ts',
    '--project',
    project,
    ...reporters,
  ])
  const report = read(file)
  const broken =
    report?.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0).length ?? 0
  return counted(code, report?.numPassedTests ?? 0, (report?.numFailedTests ?? 0) + broken)
}

/** The journeys, on the built app. A flaky one failed. */
async function playwright() {
  if (!built()) await buildAll()
  const file = path.join(results, 'e2e.json')
  const args = [tool('@playwright/test/cli.js'), 'test', '-c', 'e2e/playwright.config.ts', '--reporter=list,json']
  const code = await run(args, { PLAYWRIGHT_JSON_OUTPUT_NAME: file })
  const stats = read(file)?.stats
  return counted(code, stats?.expected ?? 0, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0))
}

function counted(code, passed, failed) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed }
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

const prettier = [
  tool('prettier/bin/prettier.cjs'),
  '--config',
  '.ci/prettier.json',
  '--check',
  '--log-level',
  'warn',
  '.',
]
const STAGES = {
  // Route types first: those of a page that is gone would be judged too.
  types: whole([tool('next/dist/bin/next'), 'typegen'], [tool('typescript/bin/tsc'), '--noEmit']),
  lint: whole([tool('eslint/bin/eslint.js'), '--config', '.ci/eslint.config.mjs', '.']),
  walls: whole(depcruise('walls'), depcruise('walls-at-run-time')),
  format: whole(prettier),
  unit: () => vitest('unit'),
  db: () => vitest('db'),
  start: async () => {
    if (!built()) await buildAll()
    return vitest('start')
  },
  e2e: playwright,
}

async function main(asked) {
  const names = asked.length > 0 ? asked : Object.keys(STAGES)
  const unknown = names.find((name) => STAGES[name] === undefined)
  if (unknown !== undefined) {
    say(`There is no stage ${unknown}: ${Object.keys(STAGES).join(', ')}.`)
    return { passed: 0, failed: 1 }
  }
  if (!installed({ dev: true })) {
    say('Installing the dependencies …')
    await install()
  }
  await generateClient()
  const total = { passed: 0, failed: 0 }
  for (const name of names) {
    say(`\n— ${name}`)
    const { passed, failed } = await STAGES[name]()
    say(`— ${name}: ${passed} passed, ${failed} failed`)
    total.passed += passed
    total.failed += failed
  }
  return total
}

let total = { passed: 0, failed: 1 }
try {
  total = await main(process.argv.slice(2))
} catch (error) {
  say(`countersign: ${error.sentence ?? error.stack}`)
} finally {
  fs.rmSync(results, { recursive: true, force: true })
}
say(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
