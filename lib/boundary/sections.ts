import { ACCESSES, type Access, isServerName, resolveTool } from '@/lib/tools/tool'
import {
  type AskingRule,
  type AutonomousRule,
  type Boundary,
  CADENCES,
  CATEGORIES,
  type Expiry,
  type KillSwitch,
  LONGEST_TERM_DAYS,
  type Rule,
  type Sandbox,
  SANDBOX_BOUNDS,
} from './boundary'
import { compileCondition } from './condition'
import { typeProblem } from './condition-types'
import { ASKING_KEYS, readAskingTerms } from './read-asking'
import type { Reader } from './reader'
import { readSandboxBounds } from './sandbox-bounds'
import { KILL_SWITCH_WORDS, OPEN_SANDBOX, SANDBOX_WORDS, understandKillSwitch, understandSandbox } from './sentences'
import type { Tree } from './yaml'

const MOST_RULES = 500
const MOST_SERVERS = 200
const MOST_HOSTS = 200
const LONGEST_TEXT = 500

/** Free words for people: purpose, reasons, who answers. */
export function readWords(reader: Reader, tree: Tree, path: string): string | null {
  const words = reader.text(tree, path, 'some words')
  if (words === null || words.length <= LONGEST_TEXT) return words
  reader.fail(tree, path, 'out_of_range', `At most ${LONGEST_TEXT} characters are allowed.`)
  return null
}

/** `mcp_scopes`: servers, and whether reading, writing or both are in scope there. */
export function readScopes(reader: Reader, tree: Tree, section = 'mcp_scopes'): Boundary['mcp_scopes'] {
  const scopes: [string, Access[]][] = []
  const servers = reader.map(tree, section, 'servers and what is in scope there, such as "crm: [read]"', null)
  if (servers.size > MOST_SERVERS)
    reader.fail(tree, section, 'out_of_range', `At most ${MOST_SERVERS} servers are allowed.`)
  for (const [server, { key, value }] of servers) {
    const path = `${section}.${server}`
    if (!isServerName(server))
      reader.fail(key, path, 'invalid_name', 'A server is named with letters, digits, "-" and "_".')
    const access = reader.list(value, path, '[read], [write] or [read, write]', ACCESSES.length)
    if (value.kind === 'list' && access.length === 0)
      reader.fail(value, path, 'wrong_type', 'Nothing is in scope here: leave the server out.')
    const words = access.map((item, i) => reader.word(item, `${path}[${i}]`, ACCESSES)).filter((word) => word !== null)
    if (new Set(words).size < words.length)
      reader.fail(value, path, 'duplicate_entry', 'The same word is here twice: keep one.')
    scopes.push([server, ACCESSES.filter((one) => words.includes(one))])
  }
  return Object.fromEntries(scopes)
}

/** A list of rules: tool names, or maps of a tool and what narrows the rule. */
export function readRules(reader: Reader, tree: Tree, section: string): Rule[] {
  return readEntries(reader, tree, section, ['tool', 'when', 'reason']).map(({ tool, when, reason }) => ({
    tool,
    when,
    reason,
  }))
}

/** `approval_required`: the same, with what `readAskingTerms` reads: who answers, how many of them, how, until when, and what then. */
export function readAsking(reader: Reader, tree: Tree): AskingRule[] {
  const keys = ['tool', 'when', 'reason', ...ASKING_KEYS]
  return readEntries(reader, tree, 'approval_required', keys).map(({ tool, when, reason, asking }) => ({
    tool,
    when,
    reason,
    ...asking,
  }))
}

/** `autonomous`: the same, where `override` may say why this runs alone although its class calls for a human. */
export function readAutonomous(reader: Reader, tree: Tree, section = 'autonomous'): AutonomousRule[] {
  return readEntries(reader, tree, section, ['tool', 'when', 'reason', 'override']).map(
    ({ tool, when, reason, override }) => ({ tool, when, reason, override }),
  )
}

type Entry = AutonomousRule & { asking: Pick<AskingRule, (typeof ASKING_KEYS)[number]> }

function readEntries(reader: Reader, tree: Tree, section: string, keys: readonly string[]): Entry[] {
  const seen = new Set<string>()
  return reader.list(tree, section, 'a list of tools', MOST_RULES).map((item, i) => {
    const path = `${section}[${i}]`
    const rule =
      item.kind === 'text'
        ? { tool: readTool(reader, item, path), when: null, reason: null, override: null, asking: {} }
        : readEntry(reader, item, path, keys)
    const sameness = JSON.stringify([rule.tool, rule.when, rule.override])
    if (rule.tool !== '' && seen.has(sameness))
      reader.fail(item, path, 'duplicate_entry', `"${rule.tool}" is already in ${section}: keep one.`)
    seen.add(sameness)
    return rule
  })
}

function readEntry(reader: Reader, tree: Tree, path: string, keys: readonly string[]): Entry {
  const entries = reader.map(tree, path, 'a tool, or a map with "tool"', keys)
  const tool = entries.get('tool')
  if (tool === undefined && tree.kind === 'map') reader.fail(tree, path, 'missing_key', 'Which tool? Add "tool: name".')
  const words = (key: string) => {
    const entry = entries.get(key)
    return entry === undefined ? null : readWords(reader, entry.value, `${path}.${key}`)
  }
  const when = entries.get('when')
  return {
    tool: tool === undefined ? '' : readTool(reader, tool.value, `${path}.tool`),
    when: when === undefined ? null : readCondition(reader, when.value, `${path}.when`),
    reason: words('reason'),
    override: words('override'),
    asking: readAskingTerms(reader, entries, path),
  }
}

function readTool(reader: Reader, tree: Tree, path: string): string {
  const name = reader.text(tree, path, 'the name of a tool') ?? ''
  if (name === '' || resolveTool(name) !== null) return name
  const message = name.includes('*')
    ? 'Wildcards are not understood: name each tool, or put the server in mcp_scopes.'
    : 'A tool is "name" or "server.name": letters, digits and _ - . : / only.'
  reader.fail(tree, path, 'invalid_name', message)
  return ''
}

function readCondition(reader: Reader, tree: Tree, path: string): string | null {
  const text = reader.text(tree, path, 'a condition')
  if (text === null) return null
  const compiled = compileCondition(text)
  const problem = 'problem' in compiled ? compiled.problem.message : typeProblem(text, null)
  if (problem === null) return text
  reader.fail(tree, path, 'invalid_condition', problem)
  return null
}

/** `accountable`: who answers for which kind of action (C04). */
export function readAccountable(reader: Reader, tree: Tree): Boundary['accountable'] {
  const accountable: Boundary['accountable'] = {}
  for (const [key, { value }] of reader.map(
    tree,
    'accountable',
    'kinds of action and who answers for them',
    CATEGORIES,
  )) {
    const category = CATEGORIES.find((one) => one === key)
    const who = readWords(reader, value, `accountable.${key}`)
    if (category !== undefined && who !== null) accountable[category] = who
  }
  return accountable
}

/** `sandbox`: the words of a sentence, or an object. */
export function readSandbox(reader: Reader, tree: Tree): Sandbox | null {
  if (tree.kind !== 'map') {
    const sentence = reader.text(tree, 'sandbox', `words such as: ${SANDBOX_WORDS}`)
    if (sentence === null) return null
    const understood = understandSandbox(sentence)
    if ('sandbox' in understood) return understood.sandbox
    reader.fail(
      tree,
      'sandbox',
      'unknown_value',
      `"${understood.unknown.slice(0, 60)}" says nothing we can hold an agent to. Use: ${SANDBOX_WORDS}.`,
    )
    return null
  }
  const keys = ['isolated', 'credentials', 'egress', 'hosts', 'filesystem', ...SANDBOX_BOUNDS]
  const entries = reader.map(tree, 'sandbox', 'a map', keys)
  const word = <T extends string>(key: string, known: readonly T[]): T | null => {
    const entry = entries.get(key)
    return entry === undefined ? null : reader.word(entry.value, `sandbox.${key}`, known)
  }
  const hosts = entries.get('hosts')
  const sandbox: Sandbox = {
    isolated: word('isolated', ['true', 'false']) === 'true',
    credentials: word('credentials', ['any', 'none']) ?? OPEN_SANDBOX.credentials,
    egress: word('egress', ['any', 'allowlist', 'none']) ?? OPEN_SANDBOX.egress,
    hosts: hosts === undefined ? [] : readHosts(reader, hosts.value),
    filesystem: word('filesystem', ['any', 'workspace', 'read_only']) ?? OPEN_SANDBOX.filesystem,
    ...readSandboxBounds(reader, entries),
  }
  if (hosts !== undefined && sandbox.egress !== 'allowlist') {
    reader.fail(
      hosts.key,
      'sandbox.hosts',
      'unknown_value',
      'Hosts are the allow-list: write "egress: allowlist" beside them.',
    )
  }
  return sandbox
}

function readHosts(reader: Reader, tree: Tree): string[] {
  return reader.list(tree, 'sandbox.hosts', 'a list of hosts', MOST_HOSTS).flatMap((item, i) => {
    const host = reader.text(item, `sandbox.hosts[${i}]`, 'a host')
    if (host === null) return []
    if (/^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$/.test(host)) return [host]
    reader.fail(
      item,
      `sandbox.hosts[${i}]`,
      'invalid_name',
      'Write a host in lower case, such as "api.example.com" or "*.example.com:443".',
    )
    return []
  })
}

/** `kill_switch`: the words of a sentence, or an object. */
export function readKillSwitch(reader: Reader, tree: Tree): KillSwitch | null {
  if (tree.kind !== 'map') {
    const sentence = reader.text(tree, 'kill_switch', `words such as: ${KILL_SWITCH_WORDS}`)
    if (sentence === null) return null
    const understood = understandKillSwitch(sentence)
    if ('killSwitch' in understood) return understood.killSwitch
    reader.fail(
      tree,
      'kill_switch',
      'unknown_value',
      `"${understood.unknown.slice(0, 60)}" is not understood. Use: ${KILL_SWITCH_WORDS}.`,
    )
    return null
  }
  const entries = reader.map(tree, 'kill_switch', 'a map', ['scope', 'tested'])
  const scope = entries.get('scope')
  const tested = entries.get('tested')
  return {
    scope:
      (scope && reader.word(scope.value, 'kill_switch.scope', ['organisation', 'team', 'agent'])) ?? 'organisation',
    tested: (tested && reader.word(tested.value, 'kill_switch.tested', CADENCES)) ?? 'monthly',
  }
}

/** A day, `YYYY-MM-DD`. */
export function readDay(reader: Reader, tree: Tree, path: string): string | null {
  const text = reader.text(tree, path, 'a day, such as 2027-03-31')
  if (text === null || isDay(text)) return text
  reader.fail(tree, path, 'unknown_value', 'Write a day as YYYY-MM-DD, such as 2027-03-31.')
  return null
}

/** `expires`: the last day it is in force (UTC), or so many days after the signature. */
export function readExpiry(reader: Reader, tree: Tree): Expiry | null {
  const text = reader.text(tree, 'expires', 'a day such as 2027-03-31, or "60 days"')
  if (text === null) return null
  if (isDay(text)) return { at: Date.parse(`${text}T00:00:00Z`) + 86_400_000 }
  const days = Number(/^([1-9][0-9]{0,2}) days?$/.exec(text)?.[1])
  if (days >= 1 && days <= LONGEST_TERM_DAYS) return { days }
  reader.fail(
    tree,
    'expires',
    'unknown_value',
    `Write the last day as YYYY-MM-DD, or "60 days" (at most ${LONGEST_TERM_DAYS}).`,
  )
  return null
}

/** Whether a text is a day there is, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
