import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { bubblewrapArguments, bubblewrapProblem, bubblewrapVersion, INSIDE_PORT, programAt } from './bubblewrap'
import { type Confinement, environmentOf } from './confinement'
import { type Egress, startEgress } from './egress'
import { programProblem } from './program'
import { sandboxRuntimeAt, sandboxRuntimeProblem, wrapped } from './sandbox-runtime'

export const RUNTIMES = ['sandbox-runtime', 'bubblewrap'] as const
export type RuntimeName = (typeof RUNTIMES)[number]
export type Runtime = { name: RuntimeName; version: string }

/**
 * What makes sandboxes on this machine: sandbox-runtime, or bubblewrap directly where that cannot run; or the one that was asked for.
 * @returns the problems where there is none: then nothing may run
 */
export function runtimeHere(asked?: RuntimeName): Runtime | { problems: string[] } {
  const problems: string[] = []
  for (const name of asked === undefined ? RUNTIMES : [asked]) {
    const problem = name === 'bubblewrap' ? bubblewrapProblem() : (sandboxRuntimeProblem() ?? bubblewrapProblem())
    const version = name === 'bubblewrap' ? bubblewrapVersion() : (sandboxRuntimeAt()?.version ?? null)
    if (problem === null && version !== null) return { name, version }
    problems.push(problem ?? `${name} does not tell its version.`)
  }
  return { problems }
}

/** How a sandboxed command is started: the program and all its arguments, its environment, and what to undo once it has ended. */
export type Prepared = {
  file: string
  args: string[]
  env: Record<string, string>
  egress: Egress | null
  undo: () => Promise<void>
}

/** Prepares one command: its proxy, its files of its own, its command line. Nothing of it has run when this is answered. @throws Error where it cannot be */
export async function prepare(
  { name }: Pick<Runtime, 'name'>,
  confinement: Confinement,
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Prepared> {
  const problem = programProblem(command)
  if (problem !== null) throw new Error(problem)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'countersign-exec-'))
  const socket = path.join(folder, 'egress.sock')
  let egress: Egress | null = null
  let done = async (): Promise<void> => undefined
  const undo = async () => {
    await egress?.close()
    await done()
    fs.rmSync(folder, { recursive: true, force: true })
  }
  try {
    egress = confinement.hosts === null ? null : await startEgress(confinement.hosts, socket)
    const proxy = `http://127.0.0.1:${String(INSIDE_PORT)}`
    const inside = environmentOf(env, egress === null ? {} : through(proxy))
    if (name === 'sandbox-runtime') {
      const made = await wrapped(confinement, command, inside, { port: egress?.port ?? null, folder })
      done = made.done
      const outside = { PATH: inside['PATH'] ?? '', HOME: '/nonexistent' }
      return { file: programAt('bash') ?? '/bin/bash', args: ['-c', made.line], env: outside, egress, undo }
    }
    const file = (called: string, text: string) => {
      fs.writeFileSync(path.join(folder, called), text)
      return path.join(folder, called)
    }
    const files = {
      passwd: file('passwd', 'agent:x:1000:1000::/tmp/home:/bin/sh\n'),
      group: file('group', 'agent:x:1000:\n'),
      hosts: file('hosts', '127.0.0.1 localhost sandbox\n'),
    }
    const args = bubblewrapArguments(confinement, command, inside, egress === null ? null : socket, files)
    return { file: programAt('bwrap') ?? 'bwrap', args, env: {}, egress, undo }
  } catch (error) {
    await undo()
    throw error
  }
}

/** The variables by which programs know their proxy. */
function through(proxy: string): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy']
  return Object.fromEntries(names.map((name) => [name, proxy]))
}
