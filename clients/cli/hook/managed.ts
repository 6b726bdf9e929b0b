import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Outcome } from '../shared/command'
import { EXITS } from '../shared/exits'
import { Trouble, usage } from '../shared/trouble'
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
const LAUNCHER = 'countersign-policy-helper'

export type ManagedRun =
  | { check: string; server?: string }
  | { document: ManagedOptions; output: string | undefined; helper: string | undefined }

/** `hook managed-settings`: writes the document, or reads one, and says what it finds in it. */
export function managedSettings(asked: ManagedRun, note: (text: string) => void): Outcome {
  if ('check' in asked) {
    if (!existsSync(asked.check)) throw new Trouble(`${asked.check}: there is no such file.`, EXITS.unusable)
    return report(readSettings(asked.check), '', note, asked.server)
  }
  const { document: options, output, helper } = asked
  for (const name of options.mcp)
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw usage(`--mcp ${name} is no name of a server.`)
  for (const host of options.domains)
    if (!/^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i.test(host)) throw usage(`--allow-domain ${host} is no host.`)
  const document = managedDocument(options)
  if (helper !== undefined) return report(document, writeHelper(helper, options.server, document, note), note)
  if (output === undefined) return report(document, `${JSON.stringify(document, null, 2)}\n`, note)
  writeSettings(output, document)
  const mcp = path.join(path.dirname(output), 'managed-mcp.json')
  writeSettings(mcp, managedMcp(options))
  const said = `${output} and ${mcp} are written. Claude Code reads them from ${placeHere()}, with the next session.\n`
  return report(document, said, note)
}

/**
 * The program Claude Code asks for its settings at every start, with what it answers beside it: it looks whether the server is there and says
 * that a session begins. Where it fails, Claude Code does not start; what it answers stands in place of everything in the managed file (both measured,
 * 2.1.329). That file names the program and holds the same settings for a version that knows of no such program.
 */
function writeHelper(folder: string, server: string, document: object, note: (text: string) => void): string {
  if (process.platform === 'win32')
    throw usage('The program is for Linux and macOS: on Windows write the settings themselves, with --output.')
  mkdirSync(folder, { recursive: true })
  const program = path.resolve(folder, HELPER)
  copyFileSync(source(), program)
  chmodSync(program, 0o644)
  writeSettings(`${program}.json`, { server, managedSettings: document })
  const launcher = path.resolve(folder, LAUNCHER)
  const node = realpathSync(process.execPath)
  writeFileSync(launcher, launcherText(node, program, process.env.NODE_EXTRA_CA_CERTS))
  chmodSync(launcher, 0o755)
  const file = path.resolve(folder, 'managed-settings.json')
  const helper = { policyHelper: { path: launcher, timeoutMs: 15_000 } }
  writeSettings(file, { ...document, ...helper })
  for (const each of [node, launcher])
    if (statSync(each).uid !== 0)
      note(`open   ${each}: It does not belong to root, so whoever it belongs to decides what the program answers.\n`)
  return `${launcher} is written. Let it, what lies beside it and ${node} belong to root, and copy ${file} to ${placeHere()}: it holds the settings, and\n${JSON.stringify(helper, null, 2)}\n`
}

/**
 * What starts the program: by whole paths, fixed here, and with nothing of the session's environment but its token, so that neither a `node` earlier
 * in PATH nor NODE_OPTIONS has a word in what it answers.
 */
function launcherText(node: string, program: string, certificates: string | undefined): string {
  const words = [
    ...(certificates === undefined ? [] : [`NODE_EXTRA_CA_CERTS=${path.resolve(certificates)}`]),
    node,
    program,
  ].map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
  return `#!/bin/sh\nexec /usr/bin/env -i "COUNTERSIGN_TOKEN=$COUNTERSIGN_TOKEN" ${words.join(' ')}\n`
}

function source(): string {
  // beside the sources, or beside the commands that were bundled from them
  const found = ['../../policy-helper', '../../clients/policy-helper', '../policy-helper']
    .map((folder) => path.resolve(import.meta.dirname, folder, HELPER))
    .find((file) => existsSync(file))
  if (found === undefined)
    throw new Trouble('The program is not beside this command: run it inside the clone.', EXITS.unusable)
  return found
}

const placeHere = (): string => PLACES[process.platform as keyof typeof PLACES] ?? PLACES.linux

function report(document: unknown, text: string, note: (text: string) => void, server?: string): Outcome {
  const found = findingsIn(document, server)
  const wrong = found.filter(({ kind }) => kind === 'wrong')
  for (const { at, says } of wrong) note(`wrong  ${at}: ${says}\n`)
  for (const { kind, at, says } of found) if (kind === 'open') note(`open   ${at}: ${says}\n`)
  return { exit: wrong.length === 0 ? EXITS.done : EXITS.no, result: { document, findings: found }, text }
}
