import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { chromium } from '@playwright/test'

export type Browser = { executablePath: string; args: string[]; env: Record<string, string> }

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const PARTS = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']

/**
 * A Chromium for the journeys, on a machine that may have none: the one `COUNTERSIGN_BROWSER` names, Playwright's own, the
 * system's, or the one inside an npm package, unpacked once with its own libraries and fonts.
 */
export async function findBrowser(): Promise<Browser> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  const named = process.env.COUNTERSIGN_BROWSER
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`COUNTERSIGN_BROWSER names ${named}, which does not exist.`)
    return { executablePath: named, args: ARGS, env }
  }
  const there = [chromium.executablePath(), ...SYSTEM].find((file) => file !== '' && existsSync(file))
  if (there !== undefined) return { executablePath: there, args: ARGS, env }
  const folder = await unpack()
  return {
    executablePath: path.join(folder, 'chromium'),
    args: ARGS,
    env: { ...env, LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: path.join(folder, 'fonts') },
  }
}

/** The folder of the unpacked browser. It gets its name when it is whole, so that two runs at once cannot half-read it. */
async function unpack(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No browser was found: run npx playwright install chromium, or set COUNTERSIGN_BROWSER.')
  }
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const pack = entry.slice(0, entry.lastIndexOf('/chromium/') + '/chromium'.length)
  const { version } = JSON.parse(readFileSync(path.join(pack, 'package.json'), 'utf8')) as { version: string }
  const folder = path.join(pack, '../../.cache/countersign', `chromium-${version}`)
  if (existsSync(folder)) return folder
  const draft = `${folder}.${process.pid}`
  mkdirSync(draft, { recursive: true })
  const before = process.env.TMPDIR
  try {
    // Its inflate writes to the temporary folder, and nowhere else.
    process.env.TMPDIR = draft
    const { inflate } = await import('@sparticuz/chromium')
    for (const part of PARTS) await inflate(path.join(pack, 'bin', part))
    writeFileSync(path.join(draft, 'fonts', 'fonts.conf'), fontConfiguration(folder))
    renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

function fontConfiguration(folder: string): string {
  const folders = [path.join(folder, 'fonts'), '/usr/share/fonts'].map((dir) => `<dir>${dir}</dir>`).join('')
  const cache = `<cachedir>${path.join(folder, 'font-cache')}</cachedir>`
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}${cache}</fontconfig>\n`
}
