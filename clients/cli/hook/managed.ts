import { chmodSync, copyFileSync, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Terminal } from '../shared/terminal'
import { Trouble } from '../shared/trouble'
import { findingsIn } from './check'
import { managedDocument, managedMcp, type ManagedOptions } from './document'
import { readSettings, writeSettings } from './file'

/** Where Claude Code reads the file of an organisation, by system. */
const PLACES = {
  linux: '/etc/claude-code/managed-settings.json',
  darwin: '/Library/Application Support/ClaudeCode/managed-settings.json',
  win32: 'C:\\Program Files\\ClaudeCode\\managed-settings.json',
} as const
const HELPER = 'countersign-policy-helper.mjs'

export type ManagedRun =
  { check: string } | { document: ManagedOptions; output: string | undefined; helper: string | undefined }

/** `hook managed-settings`: answers the exit code. */
export function managedSettings(asked: ManagedRun, terminal: Terminal): number {
  if ('check' in asked) {
    if (!existsSync(asked.check)) throw new Trouble(`${asked.check}: there is no such file.`)
    return report(readSettings(asked.check), terminal)
  }
  const { document: options, output, helper } = asked
  for (const name of options.mcp)
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw new Trouble(`--mcp ${name} is no name of a server.`, 2)
  for (const host of options.domains)
    if (!/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i.test(host))
      throw new Trouble(`--allow-domain ${host} is no host.`, 2)
  const document = managedDocument(options)
  if (helper !== undefined) writeHelper(helper, options.server, document, terminal)
  else if (output === undefined) terminal.out(`${JSON.stringify(document, null, 2)}\n`)
  else {
    writeSettings(output, document)
    const mcp = path.join(path.dirname(output), 'managed-mcp.json')
    writeSettings(mcp, managedMcp(options))
    terminal.out(
      `${output} and ${mcp} are written. Claude Code reads them from ${placeHere()}, with the next session.\n`,
    )
  }
  return report(document, terminal)
}

/**
 * The program Claude Code asks for its settings at every start, with what it answers beside it: it looks whether the server is there and says
 * that a session begins. Where it fails, Claude Code does not start (measured).
 */
function writeHelper(folder: string, server: string, document: object, terminal: Terminal): void {
  mkdirSync(folder, { recursive: true })
  const program = path.resolve(folder, HELPER)
  copyFileSync(source(), program)
  chmodSync(program, 0o755)
  writeSettings(`${program}.json`, { server, managedSettings: document })
  terminal.out(
    `${program} is written. Let it belong to root, and put this into ${placeHere()}:\n${JSON.stringify({ policyHelper: { path: program, timeoutMs: 15_000 } }, null, 2)}\n`,
  )
}

function source(): string {
  // beside the sources, or beside the commands that were bundled from them
  const found = ['../../policy-helper', '../../clients/policy-helper', '../policy-helper']
    .map((folder) => path.resolve(import.meta.dirname, folder, HELPER))
    .find((file) => existsSync(file))
  if (found === undefined) throw new Trouble('The program is not beside this command: run it inside the clone.')
  return found
}

const placeHere = (): string => PLACES[process.platform as keyof typeof PLACES] ?? PLACES.linux

function report(document: unknown, terminal: Terminal): number {
  const found = findingsIn(document)
  const wrong = found.filter(({ kind }) => kind === 'wrong')
  for (const { at, says } of wrong) terminal.error(`wrong  ${at}: ${says}\n`)
  for (const { kind, at, says } of found) if (kind === 'open') terminal.error(`open   ${at}: ${says}\n`)
  return wrong.length === 0 ? 0 : 1
}
