import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build } from 'esbuild'
import { afterEach, describe, expect, it } from 'vitest'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { confirmCatalogue } from '../prisma/scenarios/govern'
import { governed, house, type House, type Undo } from './governed'

const undo: Undo = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

type Install = House & { program: string }

async function install(): Promise<Install> {
  const at = await house(undo)
  await confirmCatalogue(at.url, [{ tool: 'tickets.read', class: { access: 'read' } }], at.of('ilse'), at.of('dana'))
  const program = path.join(path.dirname(at.folder), 'long-work.mjs')
  const entry = path.resolve(import.meta.dirname, 'long-work.ts')
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm' })
  return { ...at, program }
}

type Program = { child: ChildProcess; said: (what: string) => Promise<string>; ended: Promise<unknown> }

/** An agent of its own, and its program in a process of its own, at work. */
async function working(at: Install, slug: string): Promise<Program & { run: string }> {
  const boundary = `agent: ${slug}\npurpose: Reads tickets\nmcp_scopes:\n  tickets: [read]\naudit: all_tool_calls\nkill_switch: org-wide, tested monthly\n`
  const { clientId, clientSecret } = await governed(at, { slug, purpose: 'Reads tickets.', boundary })
  const child = spawn(process.execPath, [at.program], {
    env: {
      PATH: process.env.PATH,
      SERVER: at.url,
      CLIENT_ID: clientId,
      CLIENT_SECRET: clientSecret,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  undo.push(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const ended = new Promise((resolve) => child.once('close', resolve))
  const said = async (what: string): Promise<string> => {
    for (;;) {
      for (const line of text.split('\n').filter((each) => each.startsWith('{'))) {
        const value = (JSON.parse(line) as Record<string, string>)[what]
        if (value !== undefined) return value
      }
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`It ended and never said ${what}:\n${text}`)
      await sleep(20)
    }
  }
  return { child, said, ended, run: await said('begun') }
}

/** The page of a halt as its text, once it says this. */
async function pageSaying(url: string, session: ConsoleClient, halt: string, words: RegExp): Promise<string> {
  for (;;) {
    const response = await fetch(new URL(`/halt/${halt}`, url), { headers: { Cookie: session.cookieHeader() } })
    const text = (await response.text())
      .replaceAll(/<script.*?<\/script>/gs, '')
      .replaceAll(/<!--.*?-->|<[^>]*>/gs, ' ')
      .replaceAll(/\s+/g, ' ')
    if (words.test(text)) return text
    await sleep(250)
  }
}

describe('a program at work, halted from the console', () => {
  it('aborts and confirms; one that was killed is unconfirmed, with what to do; with the server gone it stops when its lease ends', async () => {
    const at = await install()
    const dana = await new ConsoleClient(at.url).signIn(at.of('dana').email, at.of('dana').password)
    const halt = (agent: string) => dana.post<{ id: string }>('/api/console/halts', { scope: 'agent', agent })
    const unconfirmed = async (id: string) => {
      const { halts } = await dana.get<{ halts: { id: string; unconfirmed: number }[] }>('/api/console/shell')
      return halts.find((each) => each.id === id)?.unconfirmed
    }

    const obeying = await working(at, 'obeys')
    const first = await halt('obeys')
    expect(await obeying.said('aborted')).toBe('halted')
    expect(await obeying.said('stopped')).toBe(obeying.run)
    expect(await obeying.said('ended')).toBe('halted')
    await obeying.ended
    expect(await unconfirmed(first.id)).toBe(0)
    expect(await pageSaying(at.url, dana, first.id, /Confirmed/)).toMatch(/1 run stopped/)

    const killed = await working(at, 'was-killed')
    killed.child.kill('SIGKILL')
    await killed.ended
    const second = await halt('was-killed')
    expect(await unconfirmed(second.id)).toBe(1)
    const page = await pageSaying(at.url, dana, second.id, /No answer/)
    expect(page).toContain(`(process ${String(killed.child.pid)})`)
    expect(page).toMatch(/Call priya Quill *, who answers for it, and revoke its credentials/)
    expect(page).toMatch(/a program that keeps the rule has stopped by itself; nobody said so/)

    const cut = await working(at, 'cut-off')
    at.running.child.kill('SIGKILL')
    await at.running.ended
    expect(await cut.said('aborted')).toBe('lease_ended')
    expect(await cut.said('ended')).toBe('lease_ended')
    await cut.ended
  })
})
