import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { confinementOf, enforcedOf, environmentOf, type Profile, workspaceAt } from './confinement'
import { satisfies } from '@/lib/decisions/checks'

const own = { identity: '0:0' }
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'places-'))
afterAll(() => {
  fs.rmSync(root, { recursive: true, force: true })
})

describe('whatever a boundary asks', () => {
  const profiles = (['any', 'none'] as const).flatMap((credentials) =>
    (['any', 'allowlist', 'none'] as const).flatMap((egress) =>
      (['any', 'workspace', 'read_only'] as const).flatMap((filesystem) =>
        [true, false].flatMap((isolated) =>
          (egress === 'allowlist' ? [[], ['a.example.com']] : [[]]).map((hosts): Profile => ({
            isolated,
            credentials,
            egress,
            hosts,
            filesystem,
          })),
        ),
      ),
    ),
  )
  it.each(profiles.map((profile) => [JSON.stringify(profile), profile] as const))('%s is enforced', (_, profile) => {
    expect(satisfies(enforcedOf(confinementOf(profile, '/w', own)), profile)).toBe(true)
  })

  it('of what is asked for and what it allows, the less holds', () => {
    const asked: Profile = { isolated: true, credentials: 'none', egress: 'none', hosts: [], filesystem: 'workspace' }
    const bounds = { time: 60_000, memory: 64e6, processes: 50 }
    const loose = { ...own, time: 120_000, memory: 10e6, processes: 51 }
    const made = confinementOf({ ...asked, ...bounds }, '/w', loose)
    expect(made.bounds).toEqual({ time: 60_000, memory: 10e6, processes: 50 })
    expect(satisfies(enforcedOf(made), { ...asked, ...bounds })).toBe(true)
    for (const name of ['time', 'memory', 'processes'] as const) {
      const { [name]: _, ...silent } = enforcedOf(made)
      expect(satisfies(silent, { ...asked, ...bounds }), `${name} not attested`).toBe(false)
      expect(satisfies({ ...enforcedOf(made), [name]: bounds[name] + 1 }, { ...asked, ...bounds })).toBe(false)
    }
    const { bounds: own_ } = confinementOf(null, '/w', own)
    for (const value of Object.values(own_)) expect(Number.isSafeInteger(value) && value > 0).toBe(true)
  })
})

describe('a workspace', () => {
  const home = path.join(root, 'home')
  fs.mkdirSync(path.join(home, '.ssh'), { recursive: true })
  fs.mkdirSync(path.join(home, 'project'))
  fs.symlinkSync(path.join(home, '.ssh'), path.join(home, 'innocent'))
  fs.writeFileSync(path.join(home, 'file'), '')

  it('is a folder of a project', () => {
    expect(workspaceAt(path.join(home, 'project'), home)).toBe(fs.realpathSync(path.join(home, 'project')))
  })

  it.each([
    '/',
    '/etc',
    '/etc/ssl',
    '/usr/lib',
    '/proc',
    '/home',
    '/tmp',
    home,
    root,
    `${home}/.ssh`,
    `${home}/innocent`,
    `${home}/file`,
  ])('is not %s', (folder) => {
    expect(() => workspaceAt(folder, home)).toThrow()
  })
})

it('an environment is made of what is named, and nothing that was there', () => {
  const made = environmentOf({
    LANG: 'C.UTF-8',
    TERM: 'xterm',
    AWS_SECRET_ACCESS_KEY: 'x',
    GITHUB_TOKEN: 'x',
    LD_PRELOAD: '/x.so',
    NODE_OPTIONS: '--require /x',
    BASH_ENV: '/x',
    PATH: '/evil',
    HOME: '/root',
    SSH_AUTH_SOCK: '/x',
  })
  expect(Object.keys(made).sort()).toEqual([
    'COUNTERSIGN_SANDBOX',
    'HOME',
    'LANG',
    'LOGNAME',
    'PATH',
    'SHELL',
    'TERM',
    'TMPDIR',
    'USER',
  ])
  expect(made['PATH']).not.toContain('evil')
})
