import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepLogin, loginsFile, readLogins } from './logins'
import { serverOf } from './options'
import { originOf, personSession } from './session'

let folder = ''
let env: Record<string, string> = {}
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-logins-'))
  env = { XDG_CONFIG_HOME: folder }
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})
const HERE = 'http://localhost:3000'
const THERE = 'https://countersign.example.com'
const login = (token: string) => ({ token, expires_at: '2026-11-21T20:00:00.000Z', person: 'dana@example.com' })
const write = (text: string, mode = 0o600) => {
  mkdirSync(path.dirname(loginsFile(env)), { recursive: true })
  writeFileSync(loginsFile(env), text)
  chmodSync(loginsFile(env), mode)
}

describe('the file of logins', () => {
  it('is readable by its owner alone, whatever the umask, and so is its folder', () => {
    const before = process.umask(0)
    try {
      keepLogin(env, HERE, login('one'))
    } finally {
      process.umask(before)
    }
    expect(statSync(loginsFile(env)).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(loginsFile(env))).mode & 0o777).toBe(0o700)
  })

  it('holds one login for each server, and forgets one without the others', () => {
    keepLogin(env, HERE, login('one'))
    keepLogin(env, THERE, login('two'))
    keepLogin(env, HERE, login('three'))
    expect(readLogins(env)).toEqual({ [HERE]: login('three'), [THERE]: login('two') })
    keepLogin(env, HERE, null)
    expect(readLogins(env)).toEqual({ [THERE]: login('two') })
    expect(readFileSync(loginsFile(env), 'utf8')).not.toContain('three')
  })

  it('is not taken when others on the machine may read it', () => {
    keepLogin(env, HERE, login('one'))
    chmodSync(loginsFile(env), 0o640)
    expect(() => readLogins(env)).toThrow(/can be read by others.*chmod 600/)
    expect(() => personSession(HERE, env)).toThrow(/chmod 600/)
  })

  it.each([
    '',
    'null',
    '[]',
    '{"version":2,"servers":{}}',
    '{"version":1}',
    '{"version":1,"servers":{"x":{"token":1}}}',
  ])('is not written over where it is none of ours: %s', (text) => {
    write(text)
    expect(() => readLogins(env)).toThrow(/none of ours/)
    expect(() => {
      keepLogin(env, HERE, login('one'))
    }).toThrow(/none of ours/)
    expect(readFileSync(loginsFile(env), 'utf8')).toBe(text)
  })

  it('lies under the home where nothing is said, and where what is said is no whole path', () => {
    for (const each of [{ HOME: '/home/dana' }, { HOME: '/home/dana', XDG_CONFIG_HOME: 'relative' }])
      expect(loginsFile(each)).toBe('/home/dana/.config/countersign/logins.json')
  })
})

describe('which server is meant', () => {
  it('is the one said, then the first of the environment, then the only one there is a login for', () => {
    expect(originOf(`${THERE}/approvals?x=1`, { COUNTERSIGN_SERVER: HERE }, [HERE])).toBe(THERE)
    expect(originOf(undefined, { COUNTERSIGN_SERVER: `  ${HERE}/  ${THERE}` }, [THERE])).toBe(HERE)
    expect(originOf(undefined, {}, [THERE])).toBe(THERE)
  })

  it('is asked for where it is not clear, and nothing else is taken for one', () => {
    expect(() => originOf(undefined, {}, [])).toThrow(/Say which server/)
    expect(() => originOf(undefined, {}, [HERE, THERE])).toThrow(/say which with --server/)
    for (const wrong of ['countersign', 'file:///etc/passwd', 'javascript:1', 'ftp://x'])
      expect(() => originOf(wrong, {})).toThrow(/no address of a server/)
  })
})

describe('a person’s session', () => {
  it('says what to run where there is none for that server, also with one for another', () => {
    keepLogin(env, THERE, login('two'))
    expect(() => personSession(HERE, env)).toThrow(`npx countersign login --server ${HERE}`)
    expect(personSession(undefined, env).server).toBe(THERE)
  })

  it('takes a person’s token from the environment, and no session’s of Claude Code', () => {
    const random = 'A'.repeat(43)
    expect(personSession(HERE, { ...env, COUNTERSIGN_TOKEN: `cst_${random}` }).server).toBe(HERE)
    expect(() => personSession(HERE, { ...env, COUNTERSIGN_TOKEN: `cs_hook_${random}` })).toThrow(/not logged in/)
  })

  it('sends a token of the environment to no server but those it is named with', () => {
    const at = (token: string, COUNTERSIGN_SERVER: string) => () =>
      personSession(HERE, { ...env, COUNTERSIGN_TOKEN: `${token}${'A'.repeat(43)}`, COUNTERSIGN_SERVER })
    for (const token of ['cst_', 'cs_cli_']) {
      expect(at(token, `${HERE} ${THERE}`)().server).toBe(HERE)
      expect(at(token, THERE)).toThrow(/not logged in/)
    }
    expect(at('cs_cli_', '')).toThrow(/not logged in/)
  })

  it('sends no token in the open to another machine, unless that was accepted', () => {
    const open = 'http://countersign.example.com'
    keepLogin(env, open, login('open'))
    expect(() => personSession(open, env)).toThrow(/not https/)
    expect(personSession(open, { ...env, COUNTERSIGN_PLAIN_HTTP: '1' }).server).toBe(open)
    expect(() => serverOf(open, env)).toThrow(/not https/)
  })
})
