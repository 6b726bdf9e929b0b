import { execFile, spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { installOnce } from '../lib/core/install-testing'

const root = path.resolve(import.meta.dirname, '..')
const run = promisify(execFile)
export const EXAMPLES = path.join(root, 'docs/examples/sdk')

/** Builds and packs the SDK as `node bin/sdk.mjs` does, into a folder. @returns the tarball */
export async function packSdk(folder: string): Promise<string> {
  const { stdout } = await run(process.execPath, [path.join(root, 'bin/sdk.mjs'), '--out', path.join(folder, 'sdk')])
  return stdout.trim().split('\n').at(-1) ?? ''
}

/** Installs a tarball into a folder as its only package: without the network, and with nothing of it run. */
export async function installTarball(tarball: string, folder: string): Promise<void> {
  writeFileSync(path.join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  await run('npm', ['install', '--offline', ...quiet, tarball], { cwd: folder })
}

/**
 * A folder with the examples, the SDK as a stranger installs it, and the frameworks at the versions of their lock, which are installed once into a cache
 * beside the temporary files. Null, and a loud line, where the frameworks cannot be had.
 */
export async function exampleFolder(): Promise<{ folder: string; remove: () => void } | null> {
  const frameworks = installedFrameworks()
  if (frameworks === null) {
    process.stderr.write(
      '\n!!! The frameworks of docs/examples/sdk could not be installed: their examples are NOT tested here.\n\n',
    )
    return null
  }
  // below them, so that what the SDK's own folder lacks is found there
  const folder = path.join(frameworks, 'runs', randomUUID())
  mkdirSync(folder, { recursive: true })
  const packed = mkdtempSync(path.join(tmpdir(), 'countersign-sdk-'))
  try {
    await installTarball(await packSdk(packed), folder)
  } finally {
    rmSync(packed, { recursive: true, force: true })
  }
  cpSync(EXAMPLES, folder, { recursive: true, filter: (file) => !/package(-lock)?\.json$/.test(file) })
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function installedFrameworks(): string | null {
  const lock = readFileSync(path.join(EXAMPLES, 'package-lock.json'))
  const name = `sdk-examples-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`
  const folder = path.join(tmpdir(), 'countersign-cache', name)
  const there = installOnce(
    folder,
    (at) => existsSync(path.join(at, 'whole')),
    (at) => {
      for (const file of ['package.json', 'package-lock.json']) cpSync(path.join(EXAMPLES, file), path.join(at, file))
      const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
      const { status } = spawnSync('npm', args, { cwd: at, stdio: 'ignore', timeout: 240_000 })
      if (status === 0) writeFileSync(path.join(at, 'whole'), '')
    },
  )
  return there ? folder : null
}
