import os from 'node:os'
import path from 'node:path'
import type { Outcome } from '../shared/command'
import { EXITS } from '../shared/exits'
import { usage } from '../shared/trouble'
import { readSettings, writeSettings } from './file'
import { mergeHooks } from './merge'
import { type HookOptions, hooksFor, LEAST_VERSION, TOKEN_VARIABLE } from './settings'

export type InstallOptions = {
  where: 'user' | 'project' | 'local'
  /** a file of its own, in place of one of the three */
  file: string | undefined
  print: boolean
}

const FILES = {
  user: () => path.join(os.homedir(), '.claude/settings.json'),
  project: () => path.resolve('.claude/settings.json'),
  local: () => path.resolve('.claude/settings.local.json'),
}

/** `hook install`: our hooks into a settings file of Claude Code, beside whatever else is in it. */
export function install(hooks: HookOptions, { where, file, print }: InstallOptions): Outcome {
  const ours = hooksFor(hooks)
  const done = { exit: EXITS.done }
  if (print) return { ...done, result: { hooks: ours }, text: `${JSON.stringify({ hooks: ours }, null, 2)}\n` }
  const target = file ?? FILES[where]()
  const before = readSettings(target)
  const after = mergeHooks(before, ours)
  if (JSON.stringify(before) === JSON.stringify(after))
    return { ...done, result: { file: target, changed: false }, text: `${target} has these hooks already.\n` }
  const backup = writeSettings(target, after)
  return {
    ...done,
    result: { file: target, changed: true, backup },
    text: [
      `${target}: what Claude Code does is asked of ${hooks.server} from the next session on.`,
      ...(backup === null ? [] : [`What it was before lies in ${backup}.`]),
      `Start sessions with a token: export ${TOKEN_VARIABLE}="$(npx countersign hook token --server ${hooks.server})"`,
      `Whoever starts a session can pass these by (--bare, disableAllHooks, an older version than ${LEAST_VERSION}). To govern other people's`,
      'machines, write the organisation’s own file: npx countersign hook managed-settings --help',
      '',
    ].join('\n'),
  }
}

/** `hook install --uninstall`: takes our hooks out again, and nothing else. */
export function uninstall({ where, file }: Pick<InstallOptions, 'where' | 'file'>): Outcome {
  const target = file ?? FILES[where]()
  const before = readSettings(target)
  const after = mergeHooks(before, null)
  const changed = JSON.stringify(before) !== JSON.stringify(after)
  if (changed) writeSettings(target, after)
  const says = changed ? 'the hooks are gone. Sessions started from here on ask nobody.' : 'has no hooks of ours.'
  return {
    exit: EXITS.done,
    result: { file: target, changed },
    text: `${target}${changed ? ':' : ''} ${says}\n`,
  }
}

/** The server as hooks name it. @throws Trouble where it is no address a token may be sent to */
export function serverOf(given: string | undefined): string {
  if (given === undefined) throw usage('Say --server URL.')
  let url: URL
  try {
    url = new URL(given)
  } catch {
    throw usage(`${given} is no address: say --server https://….`)
  }
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    throw usage('A token is sent to this address with every call: it must be https://, or this very machine.')
  if (url.search !== '' || url.hash !== '' || url.username !== '')
    throw usage('Name the server alone, as in https://countersign.example.')
  return url.href.replace(/\/+$/, '')
}
