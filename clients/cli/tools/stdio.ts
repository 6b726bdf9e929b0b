import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '@/lib/core/json'
import { Trouble, usage } from '../shared/trouble'
import { LARGEST_ANSWER, LONGEST_MS, message, type Peer, resultFor, trouble } from './peer'

/** What a server may be told of the machine it runs on: enough to be found and to run, and none of the secrets of whoever asks. */
const PASSED = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'SHELL', 'SystemRoot', 'APPDATA'] as const

/**
 * An MCP server over stdio (MCP 2025-06-18, "Transports"): started without a shell, one message a line, ended by closing its input and
 * then by signals. What it logs is passed on to standard error.
 * @throws Trouble when the command is empty
 */
export function overStdio(command: string): Peer {
  const [program, ...args] = words(command)
  if (program === undefined) throw usage('--stdio is a command: --stdio "npx my-server".')
  const env: NodeJS.ProcessEnv = { NODE_ENV: 'production' }
  for (const name of PASSED) if (process.env[name] !== undefined) env[name] = process.env[name]
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
  let failed: Trouble | null = null
  let buffered = ''
  let waiting: { id: number; settle: (answer: JsonObject | Trouble) => void } | null = null
  const fail = (why: Trouble) => {
    failed ??= why
    waiting?.settle(failed)
  }
  child.on('error', (error) => fail(trouble(`cannot be started: ${error.message}.`)))
  child.on('exit', () => fail(trouble('has ended.')))
  child.stdin.on('error', () => fail(trouble('no longer listens.')))
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    buffered += chunk
    if (buffered.length > LARGEST_ANSWER) return fail(trouble('answers with more than a megabyte.'))
    const lines = buffered.split('\n')
    buffered = lines.pop() ?? ''
    try {
      for (const line of lines) {
        const said = line.trim() === '' || waiting === null ? null : resultFor(waiting.id, message(line))
        if (said !== null) waiting?.settle(said)
      }
    } catch (error) {
      fail(error instanceof Trouble ? error : trouble('says what cannot be read.'))
    }
  })
  const write = (said: JsonObject) => child.stdin.write(`${JSON.stringify(said)}\n`)
  let id = 0
  return {
    request: async (method, params) => {
      if (failed !== null) throw failed
      id += 1
      const timer = setTimeout(
        () => fail(trouble(`did not answer ${method} within ${String(LONGEST_MS / 1000)} s.`)),
        LONGEST_MS,
      )
      const answer = await new Promise<JsonObject | Trouble>((settle) => {
        waiting = { id, settle }
        write({ jsonrpc: '2.0', id, method, params })
      })
      clearTimeout(timer)
      waiting = null
      if (answer instanceof Trouble) throw answer
      return answer
    },
    notify: (method) => {
      write({ jsonrpc: '2.0', method })
      return Promise.resolve()
    },
    close: async () => {
      const left = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined
      if (left()) return
      const ended = once(child, 'exit')
      child.stdin.end()
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        await Promise.race([ended, sleep(2_000, undefined, { ref: false })])
        if (left()) return
        child.kill(signal)
      }
      await ended
    },
  }
}

/** A command as words: blanks part them, quotes keep them together. No shell reads it. */
function words(command: string): string[] {
  return Array.from(
    command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
}
