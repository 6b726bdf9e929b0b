import { execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runConfined } from './confined'
import { type Bounds, confinementOf, identityOf, workspaceAt } from './confinement'
import { RUNTIMES, runtimeHere, type RuntimeName } from './runtime'

// Real sandboxes on this machine, real servers outside them, and commands that try to get out.
const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'outside-'))
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-'))
const helpers = fs.mkdtempSync(path.join(os.tmpdir(), 'helpers-'))
const secret = path.join(outside, 'secret')
fs.writeFileSync(secret, 'the-secret-of-this-machine')
fs.symlinkSync(outside, path.join(workspace, 'way-out'))
fs.writeFileSync(path.join(workspace, 'known'), 'known')
const homeSecret = path.join(os.homedir(), `.countersign-escape-${String(process.pid)}`)
fs.writeFileSync(homeSecret, 'the-secret-of-this-home')

let asked = 0
const web = http.createServer((_, response) => {
  asked += 1
  response.end('reached')
})
const raw = net.createServer((socket) => {
  asked += 1
  socket.end('reached')
})
const docker = path.join(outside, 'docker.sock')
const unix = net.createServer((socket) => socket.end('reached'))
const portOf = (server: net.Server) => String((server.address() as AddressInfo).port)
beforeAll(async () => {
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  await new Promise<void>((resolve) => raw.listen(0, '0.0.0.0', resolve))
  await new Promise<void>((resolve) => unix.listen(docker, resolve))
})
afterAll(() => {
  for (const server of [web, raw, unix]) server.close()
  for (const each of [outside, workspace, helpers, homeSecret]) fs.rmSync(each, { recursive: true, force: true })
})

vi.setConfig({ testTimeout: 240_000 })
const LIMITS = { passed: 100_000, kept: 50_000 }
type Options = { hosts?: string[]; signal?: AbortSignal; readOnly?: boolean; bounds?: Partial<Bounds> }
async function run(name: RuntimeName, command: string[], options: Options = {}) {
  const { hosts = [], signal, readOnly = false, bounds } = options
  const confinement = confinementOf(
    {
      isolated: true,
      credentials: 'none',
      egress: hosts.length > 0 ? 'allowlist' : 'none',
      hosts,
      filesystem: readOnly ? 'read_only' : 'workspace',
    },
    workspaceAt(workspace),
    { identity: identityOf(workspace), time: 180_000, ...bounds },
  )
  const ended = await runConfined(
    { name },
    confinement,
    command,
    process.env,
    LIMITS,
    { out: () => undefined, error: () => undefined },
    signal ?? new AbortController().signal,
  )
  return { ...ended, said: `${ended.stdout.kept ?? ''}${ended.stderr.kept ?? ''}` }
}
/** The processes of this machine whose command names a folder. */
const helpersIn = (folder: string) =>
  fs.readdirSync('/proc').flatMap((pid) => {
    try {
      const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return /^[0-9]+$/.test(pid) && line.includes(folder) ? [line.replaceAll('\0', ' ')] : []
    } catch {
      return []
    }
  })
const node = (script: string) => [process.execPath, '-e', script]

describe.each(RUNTIMES)('in a sandbox of %s', (name) => {
  const here = runtimeHere(name)
  if ('problems' in here) {
    process.stderr.write(`\nSKIPPED, LOUDLY: no escape was tried from ${name}: ${here.problems.join(' ')}\n\n`)
    it.skip(`cannot be made here: ${here.problems.join(' ')}`, () => undefined)
    return
  }
  const sh = (script: string, options?: Options) => run(name, ['sh', '-c', script], options)

  it('what is allowed works: programs, the workspace, a home of its own, its exit code', async () => {
    const ended = await sh('cat known && echo new > made && echo x > "$HOME/x" && cat "$HOME/x" && exit 7')
    expect(ended).toMatchObject({ code: 7, stopped: null, said: 'knownx\n' })
    expect(fs.readFileSync(path.join(workspace, 'made'), 'utf8')).toBe('new\n')
    expect(ended.stdout.digest).toBe('sha256:d166e373b8dca0adc4deee28da0b568aa6c018f707f277c6cf3657f0941bd781')
  })

  it('no secret of the machine or of a home is read', async () => {
    const places = [
      secret,
      homeSecret,
      '/etc/shadow',
      '/etc/hostname',
      `${os.homedir()}/.ssh`,
      `${os.homedir()}/.npmrc`,
    ]
    const ended = await sh(places.map((place) => `cat ${place} || ls ${place}`).join('; '))
    expect(ended.code).not.toBe(0)
    expect(ended.said).not.toContain('the-secret')
    expect(ended.stdout.bytes).toBe(0)
  })

  it('no private key of the machine is read, and its public certificates are', async () => {
    const key = `/etc/ssl/private/countersign-escape-${String(process.pid)}`
    const made = fs.existsSync('/etc/ssl/private') && process.getuid?.() === 0
    if (made) fs.writeFileSync(key, 'the-secret-of-a-server')
    try {
      const ended = await sh(`cat ${key}; ls -d /etc/ssl/private /etc/pki/tls/private`)
      expect(ended.code).not.toBe(0)
      expect(ended.stdout.bytes).toBe(0)
    } finally {
      fs.rmSync(key, { force: true })
    }
    const [certificate] = fs.readdirSync('/etc/ssl/certs')
    expect((await sh(`ls /etc/ssl/certs`)).said).toContain(certificate)
  })

  it('a first word that is a variable or an option runs nothing behind it', async () => {
    for (const first of ['A=b', '-i', ''])
      await expect(run(name, [first, 'touch', 'behind'])).rejects.toThrow(/program/)
    expect(fs.existsSync(path.join(workspace, 'behind'))).toBe(false)
  })

  it('a link in the workspace leads nowhere', async () => {
    const ended = await sh('cat way-out/secret; echo stolen > way-out/written; ln -s / root; cat root' + secret)
    expect(ended.stdout.bytes).toBe(0)
    expect(fs.readdirSync(outside).sort()).toEqual(['docker.sock', 'secret'])
  })

  it('nothing is written outside the workspace', async () => {
    const before = fs.readdirSync(os.tmpdir()).length
    await sh(
      `echo x > ${outside}/x; echo x > ${os.homedir()}/x-escaped; echo x > /usr/x-escaped; echo x > /etc/x; mkdir -p ${outside}/y; echo x > /tmp/x-escaped`,
    )
    expect(fs.readdirSync(outside).sort()).toEqual(['docker.sock', 'secret'])
    for (const file of [`${os.homedir()}/x-escaped`, '/usr/x-escaped', '/etc/x', '/tmp/x-escaped'])
      expect(fs.existsSync(file), file).toBe(false)
    expect(before).toBeGreaterThan(0)
  })

  it('where the boundary says read-only, not in the workspace either', async () => {
    const ended = await sh('cat known; echo x > not-made', { readOnly: true })
    expect(ended.said).toContain('known')
    expect(ended.code).not.toBe(0)
    expect(fs.existsSync(path.join(workspace, 'not-made'))).toBe(false)
  })

  it('the environment of its parent stays there', async () => {
    process.env['COUNTERSIGN_CLIENT_SECRET'] = 'the-secret-of-the-agent'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'the-secret-of-a-cloud'
    try {
      const ended = await sh('env; cat /proc/*/environ | tr "\\0" "\\n"')
      expect(ended.said).toContain('COUNTERSIGN_SANDBOX=1')
      expect(ended.said).not.toContain('the-secret')
      expect(ended.said).not.toMatch(/CLIENT_SECRET|AWS_|SSH_AUTH_SOCK|DATABASE_URL/)
    } finally {
      delete process.env['COUNTERSIGN_CLIENT_SECRET']
      delete process.env['AWS_SECRET_ACCESS_KEY']
    }
  })

  it('no descriptor is inherited', async () => {
    const open = fs.openSync(secret, 'r')
    const ended = await sh('for f in /proc/self/fd/*; do readlink $f; done; cat <&3; cat /proc/self/fd/*[3-9]', {})
    fs.closeSync(open)
    expect(ended.said).not.toContain(outside)
    expect(ended.said).not.toContain('the-secret')
    const kinds = ended.said.split('\n').filter((line) => /^(?:pipe|socket):/.test(line))
    // its two streams, and nothing of whoever started this
    expect(new Set(kinds).size).toBeLessThanOrEqual(2)
  })

  it.each([
    ['another address, by TCP', (port: string) => `net.connect(${port}, '127.0.0.1')`],
    ['its gateway or any other', () => `net.connect(53, '8.8.8.8')`],
    ['the metadata of a cloud', () => `net.connect(80, '169.254.169.254')`],
  ])('without an egress it does not reach %s', async (_, connect) => {
    const before = asked
    const script = `const net=require('net');const c=${connect(portOf(raw))};c.on('connect',()=>{console.log('OUT');process.exit(0)});c.on('error',(e)=>{console.log(e.code);process.exit(3)});setTimeout(()=>process.exit(4),2000)`
    const ended = await run(name, node(script))
    expect(ended.said).not.toContain('OUT')
    expect(ended.code).not.toBe(0)
    expect(asked).toBe(before)
  })

  it('names are not resolved, so nothing leaves by DNS', async () => {
    const ended = await run(
      name,
      node(`require('dns').lookup('secret.example.com',(e,a)=>{console.log(e?e.code:a);process.exit(e?3:0)})`),
    )
    expect(ended.code).toBe(3)
    const udp = await run(
      name,
      node(
        `const s=require('dgram').createSocket('udp4');s.send('x',53,'8.8.8.8',(e)=>{console.log(e?e.code:'SENT');process.exit(e?3:0)})`,
      ),
    )
    expect(udp.code).toBe(3)
  })

  it('through its proxy it reaches what the boundary names, and nothing else', async () => {
    const port = portOf(web)
    const before = asked
    const get = (to: string, connect = false) =>
      node(
        `const u=new URL(process.env.http_proxy);const r=require('http').request({host:u.hostname,port:u.port,${connect ? `method:'CONNECT',path:'${to}'` : `path:'http://${to}/'`}});r.on('response',(a)=>{let t='';a.on('data',(d)=>t+=d);a.on('end',()=>{console.log(a.statusCode,t)})});r.on('connect',(a)=>{console.log('CONNECTED',a.statusCode);process.exit(0)});r.on('error',(e)=>console.log(e.code));r.end()`,
      )
    const allowed = { hosts: [`localhost:${port}`] }
    expect((await run(name, get(`localhost:${port}`), allowed)).said).toContain('200 reached')
    expect((await run(name, get(`localhost:${port}`, true), allowed)).said).toContain('CONNECTED 200')
    expect(asked).toBe(before + 1)
    for (const to of [
      `localhost:${portOf(raw)}`,
      `127.0.0.1:${port}`,
      'example.com:80',
      '169.254.169.254:80',
      `[::1]:${port}`,
    ])
      for (const connect of [false, true]) {
        const ended = await run(name, get(to, connect), allowed)
        expect(ended.said, to).not.toContain('CONNECTED 200')
        expect(ended.said, to).toContain('403')
      }
    const refused = await run(name, get('169.254.169.254:80'), { hosts: ['169.254.169.254:80'] })
    expect(refused.said).toContain('403')
    expect(refused.reached).toEqual([{ host: '169.254.169.254:80', let: false }])
    expect(asked).toBe(before + 1)
  })

  it('a socket of this machine is not there', async () => {
    const ended = await run(
      name,
      node(
        `const c=require('net').connect('${docker}');c.on('connect',()=>{console.log('OUT')});c.on('error',(e)=>{console.log(e.code);process.exit(3)})`,
      ),
    )
    expect(ended.code).toBe(3)
    expect((await sh('ls /var/run/docker.sock /run/docker.sock')).code).not.toBe(0)
  })

  it('it cannot signal or see its parent', async () => {
    const ended = await sh(
      `kill -9 ${String(process.pid)}; kill -9 -1; ls -d /proc/${String(process.pid)}; cat /proc/1/cmdline | grep -c vitest`,
    )
    expect(process.pid).toBeGreaterThan(0)
    expect(ended.said).not.toContain(`/proc/${String(process.pid)}\n`)
  })

  it('what it leaves behind dies with it', async () => {
    const beat = path.join(workspace, 'beat')
    await sh(
      '(setsid sh -c "while :; do date +%s%N > beat; sleep 0.05; done" >/dev/null 2>&1 &) ; while ! test -s beat; do sleep 0.05; done',
    )
    expect(fs.existsSync(beat)).toBe(true)
    fs.rmSync(beat)
    await sleep(400)
    expect(fs.existsSync(beat)).toBe(false)
  })

  it('its time ends it, with everything it started', async () => {
    const ended = await sh('(while :; do date +%s%N > late; sleep 0.05; done) & wait', { bounds: { time: 700 } })
    expect(ended).toMatchObject({ stopped: 'time', code: 137 })
    fs.rmSync(path.join(workspace, 'late'), { force: true })
    await sleep(300)
    expect(fs.existsSync(path.join(workspace, 'late'))).toBe(false)
  })

  it('a signal ends it, whatever it does about signals', async () => {
    const stop = new AbortController()
    const running = sh('trap "" TERM INT HUP; while :; do date +%s%N > on; sleep 0.05; done', {
      signal: stop.signal,
    })
    while (!fs.existsSync(path.join(workspace, 'on'))) await sleep(20)
    stop.abort()
    const ended = await running
    fs.renameSync(path.join(workspace, 'on'), path.join(workspace, 'on-before'))
    expect(ended).toMatchObject({ stopped: 'signal', code: 137 })
    await sleep(300)
    expect(fs.existsSync(path.join(workspace, 'on'))).toBe(false)
  })

  it('it dies with whoever ran it, killed without a warning', async () => {
    const beat = path.join(workspace, 'orphan')
    const program = path.join(outside, `${name}.mjs`)
    const at = path.join(import.meta.dirname, 'confined.ts')
    const script = `import { runConfined } from ${JSON.stringify(at)}
      import { confinementOf, identityOf } from ${JSON.stringify(path.join(import.meta.dirname, 'confinement.ts'))}
      const workspace = ${JSON.stringify(workspaceAt(workspace))}
      const confinement = confinementOf(null, workspace, { identity: identityOf(workspace) })
      const limits = { passed: 0, kept: 0 }
      const streams = { out: () => undefined, error: () => undefined }
      const command = ['sh', '-c', 'while :; do echo on > orphan; sleep 0.05; done']
      await runConfined({ name: ${JSON.stringify(name)} }, confinement, command, {}, limits, streams, new AbortController().signal)`
    const root = path.resolve(import.meta.dirname, '../..')
    await build({
      stdin: { contents: script, resolveDir: root, loader: 'ts' },
      ...{ outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
      external: ['@anthropic-ai/sandbox-runtime'],
    })
    // beside the repository's packages, so that the runtime is found
    const beside = path.join(root, `.escape-${name}-${String(process.pid)}.mjs`)
    fs.renameSync(program, beside)
    try {
      fs.mkdirSync(helpers, { recursive: true })
      const env = { ...process.env, TMPDIR: helpers }
      const parent = spawn(process.execPath, [beside], { stdio: 'ignore', env })
      while (!fs.existsSync(beat)) await sleep(20)
      parent.kill('SIGKILL')
      await new Promise((resolve) => parent.once('exit', resolve))
      // nor does a helper outside stay
      await expect.poll(() => helpersIn(helpers)).toEqual([])
      await expect
        .poll(async () => {
          fs.rmSync(beat, { force: true })
          await sleep(1_000)
          return fs.existsSync(beat)
        })
        .toBe(false)
    } finally {
      fs.rmSync(beside, { force: true })
    }
  })

  it('a folder the machine shares with all its sandboxes is not shared with this one', async () => {
    // the program has a /tmp of its own, so that no other sandbox of this machine meets what lies there
    const tmp = path.join(outside, `tmp-${name}`)
    const shared = path.join(tmp, 'claude')
    fs.mkdirSync(path.join(tmp, 'ws'), { recursive: true })
    fs.mkdirSync(shared)
    fs.writeFileSync(path.join(shared, 'left'), 'the-secret-of-another')
    const script = `import { runConfined } from './clients/exec/confined'
      import { runtimeHere } from './clients/exec/runtime'
      import { confinementOf, identityOf } from './clients/exec/confinement'
      const confinement = confinementOf(null, '/tmp/ws', { identity: identityOf('/tmp/ws') })
      const say = (chunk) => void process.stdout.write(chunk)
      const streams = { out: say, error: say }
      const command = ['sh', '-c', 'cat /tmp/claude/left; echo x > /tmp/claude/out; echo it ran']
      const limits = { passed: 1_000, kept: 0 }
      console.log('HERE', JSON.stringify(runtimeHere()))
      await runConfined({ name: ${JSON.stringify(name)} }, confinement, command, {}, limits, streams, new AbortController().signal)
        .catch((error) => console.log('REFUSED', error.message))
      process.exit(0)`
    const root = path.resolve(import.meta.dirname, '../..')
    const beside = path.join(root, `.escape-shared-${name}-${String(process.pid)}.mjs`)
    await build({
      stdin: { contents: script, resolveDir: root, loader: 'ts' },
      ...{ outfile: beside, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' },
      external: ['@anthropic-ai/sandbox-runtime'],
    })
    try {
      const args = ['--dev-bind', '/', '/', '--bind', tmp, '/tmp', '--', process.execPath, beside]
      const { stdout } = await promisify(execFile)('bwrap', args, { env: { PATH: process.env['PATH'] } as never })
      expect(stdout).not.toContain('the-secret')
      expect(fs.readdirSync(shared)).toEqual(['left'])
      expect(stdout).toContain('HERE {"name":"bubblewrap"')
      expect(stdout).toContain(name === 'bubblewrap' ? 'it ran' : 'REFUSED')
    } finally {
      fs.rmSync(beside, { force: true })
      fs.rmSync(tmp, { recursive: true, force: true })
    }
  })

  it('output without end is counted and digested, and passed on to its limit', async () => {
    let passed = 0
    const confinement = confinementOf(null, workspaceAt(workspace), { identity: identityOf(workspace) })
    const ended = await runConfined(
      { name },
      confinement,
      ['sh', '-c', 'head -c 3000000 /dev/zero'],
      {},
      { passed: 1_000, kept: 0 },
      { out: (chunk) => void (passed += chunk.length), error: () => undefined },
      new AbortController().signal,
    )
    expect(ended.stdout).toMatchObject({ bytes: 3_000_000, cut: true })
    expect(passed).toBe(1_000)
  })

  it('a command that is not there is 127, and nothing of it has run', async () => {
    expect((await run(name, ['no-such-program-here'])).code).toBe(127)
  })
})
