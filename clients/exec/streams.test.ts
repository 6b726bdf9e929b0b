import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { runConfined, type Streams } from './confined'
import { confinementOf, identityOf, workspaceAt } from './confinement'
import { RUNTIMES, runtimeHere } from './runtime'

// What goes in and out of real sandboxes of this machine.
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-'))
afterAll(() => {
  fs.rmSync(workspace, { recursive: true, force: true })
})
vi.setConfig({ testTimeout: 300_000 })

describe.each(RUNTIMES)('the streams of a sandbox of %s', (name) => {
  const here = runtimeHere(name)
  if ('problems' in here) {
    process.stderr.write(`\nSKIPPED, LOUDLY: no stream was tried of ${name}: ${here.problems.join(' ')}\n\n`)
    it.skip(`cannot be made here: ${here.problems.join(' ')}`, () => undefined)
    return
  }
  const sh = (script: string, streams: Partial<Streams> = {}, time = 240_000) =>
    runConfined(
      { name },
      confinementOf(null, workspaceAt(workspace), { identity: identityOf(workspace), time }),
      ['sh', '-c', script],
      {},
      { passed: 2 ** 40, kept: 10_000 },
      { out: () => undefined, error: () => undefined, ...streams },
      new AbortController().signal,
    )

  it('no more is read than is taken, and all of it in the end', async () => {
    let waiting = 0
    let most = 0
    let taken = 0
    const ended = await sh('head -c 5000000 /dev/zero', {
      out: async (chunk) => {
        most = Math.max(most, (waiting += 1))
        await new Promise((resolve) => setImmediate(resolve))
        waiting -= 1
        taken += chunk.length
      },
    })
    expect(most).toBe(1)
    expect(ended).toMatchObject({ code: 0, stdout: { bytes: 5_000_000 } })
    expect(taken).toBe(5_000_000)
  })

  it('who takes nothing does not keep it alive beyond its time', async () => {
    const ended = await sh('while :; do echo more; done', { out: () => new Promise<void>(() => undefined) }, 1_500)
    expect(ended).toMatchObject({ code: 137, stopped: 'time' })
  })

  it('it reads what it is given to its end, and has no terminal', async () => {
    const ended = await sh('cat; test -t 0 || echo none; exec 2>/dev/null; : </dev/tty || echo nor that', {
      stdin: Readable.from([Buffer.from('given ')]),
    })
    expect(ended.stdout.kept).toBe('given none\n')
    const without = await sh('cat; echo nothing')
    expect(without.stdout.kept).toBe('nothing\n')
  })

  it('it ends although what it is given does not', async () => {
    const stdin = new PassThrough()
    stdin.write('more to come\n')
    expect((await sh('read line; echo "$line"', { stdin })).stdout.kept).toBe('more to come\n')
    expect(stdin.isPaused()).toBe(true)
  })
})
