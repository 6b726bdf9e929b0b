import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { runConfined } from './confined'
import { type Bounds, confinementOf, identityOf, workspaceAt } from './confinement'
import { RUNTIMES, runtimeHere } from './runtime'

// Real sandboxes of this machine, and commands that take more than they may have, or ask for what is not theirs.
const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'outside-'))
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-'))
fs.writeFileSync(path.join(outside, 'secret'), 'the-secret-of-this-machine')
afterAll(() => {
  for (const each of [outside, workspace]) fs.rmSync(each, { recursive: true, force: true })
})
const portOf = (server: net.Server) => String((server.address() as AddressInfo).port)
const node = (script: string) => [process.execPath, '-e', script]

vi.setConfig({ testTimeout: 300_000 })
type Options = { bounds?: Partial<Bounds>; folder?: string }

describe.each(RUNTIMES)('in a sandbox of %s', (name) => {
  const here = runtimeHere(name)
  if ('problems' in here) {
    process.stderr.write(`\nSKIPPED, LOUDLY: no limit was tried of ${name}: ${here.problems.join(' ')}\n\n`)
    it.skip(`cannot be made here: ${here.problems.join(' ')}`, () => undefined)
    return
  }
  const run = async (command: string[], { bounds, folder = workspaceAt(workspace) }: Options = {}) => {
    const own = { identity: identityOf(workspace), time: 240_000, ...bounds }
    const ended = await runConfined(
      { name },
      confinementOf(null, folder, own),
      command,
      process.env,
      { passed: 0, kept: 50_000 },
      { out: () => undefined, error: () => undefined },
      new AbortController().signal,
    )
    return { ...ended, said: `${ended.stdout.kept ?? ''}${ended.stderr.kept ?? ''}` }
  }
  const sh = (script: string, options?: Options) => run(['sh', '-c', script], options)

  it('a loop without end is ended by its time', async () => {
    const ended = await sh('while :; do :; done', { bounds: { time: 500 } })
    expect(ended).toMatchObject({ stopped: 'time', code: 137 })
  })

  it('one process does not get more memory than all may have', async () => {
    const ended = await run(node(`const all=[];for(;;)all.push(Buffer.alloc(20e6,1))`), {
      bounds: { memory: 400e6 },
    })
    expect(ended.code).not.toBe(0)
    expect([null, 'memory']).toContain(ended.stopped)
  })

  it('many that have too much memory together are killed', async () => {
    const one = 'head -c 80M /dev/zero | tail -c 80M | sleep 600'
    const ended = await sh(`for n in 1 2 3 4; do (${one}) & done; wait`, { bounds: { memory: 200e6 } })
    expect(ended).toMatchObject({ stopped: 'memory', code: 137 })
  })

  it('what they keep in files in memory counts, and has an end of its own', async () => {
    const bounds = { memory: 100e6 }
    const full = await sh('head -c 150M /dev/zero > /dev/shm/x; echo ended', { bounds })
    if (full.stopped === null) expect(full.said).toContain('No space left')
    else expect(full.stopped).toBe('memory')
    const both = await sh('head -c 70M /dev/zero > /dev/shm/x; head -c 70M /dev/zero > /tmp/x; sleep 600', { bounds })
    expect(both).toMatchObject({ stopped: 'memory', code: 137 })
  })

  it('processes without end are ended', async () => {
    const bomb = 'n=0; while [ $n -lt 300 ]; do sleep 600 & n=$((n+1)); done; echo all of them; wait'
    const ended = await sh(bomb, { bounds: { processes: 30 } })
    // the kernel refuses them to a runner that is not root; one that is root is killed
    if (ended.stopped === null) expect(ended.said).toMatch(/fork/i)
    else expect(ended).toMatchObject({ stopped: 'processes', code: 137 })
    expect(ended.code).not.toBe(0)
  })

  it('it gets no rights from a program, and leaves no core file', async () => {
    const ended = await sh('grep NoNewPrivs /proc/self/status; ulimit -c')
    expect(ended.said).toMatch(/NoNewPrivs:\s+1\n0\n/)
  })

  it('settings of this machine under /usr are not shown', async () => {
    const planted = `/usr/local/etc/countersign-escape-${String(process.pid)}`
    const may = process.getuid?.() === 0 && fs.existsSync('/usr/local/etc')
    if (may) fs.writeFileSync(planted, 'the-secret-of-an-npmrc')
    try {
      const ended = await sh(
        'for f in /usr/local/etc /usr/src /usr/local/src; do ls -A $f; echo x > $f/x; done 2>/dev/null; cat /usr/etc/npmrc; :',
      )
      expect(ended.stdout.bytes, ended.said).toBe(0)
    } finally {
      fs.rmSync(planted, { force: true })
    }
  })

  it('where another folder lies than the one that was asked about, nothing begins', async () => {
    const folder = path.join(outside, `swapped-${name}`)
    fs.symlinkSync(outside, folder)
    const ended = await sh('cat secret; echo begun', { folder })
    expect(ended.code).toBe(126)
    expect(ended.said).toContain('another folder')
    expect(ended.said).not.toMatch(/begun|the-secret/)
  })

  it('no socket of this machine without a file is reached, nor its own address by IPv6', async () => {
    const abstract = net.createServer((socket) => socket.end('reached'))
    const six = net.createServer((socket) => socket.end('reached'))
    await new Promise<void>((resolve) => abstract.listen(`\0escape-${name}-${String(process.pid)}`, resolve))
    const has = await new Promise<boolean>((resolve) =>
      six
        .once('error', () => {
          resolve(false)
        })
        .listen(0, '::1', () => {
          resolve(true)
        }),
    )
    try {
      const targets = [`'\\0escape-${name}-${String(process.pid)}'`, ...(has ? [`${portOf(six)},'::1'`] : [])]
      for (const target of targets) {
        const ended = await run(
          node(
            `const c=require('net').connect(${target});c.on('connect',()=>{console.log('OUT')});c.on('error',(e)=>{console.log(e.code);process.exit(3)})`,
          ),
        )
        expect(ended, ended.said).toMatchObject({ code: 3 })
      }
    } finally {
      abstract.close()
      six.close()
    }
  })
})
