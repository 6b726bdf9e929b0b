import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { installOnce } from './install-testing'

const beside = mkdtempSync(path.join(tmpdir(), 'install-'))
afterEach(() => {
  rmSync(beside, { recursive: true, force: true })
})
const folder = path.join(beside, 'packages')
const whole = (at: string) => ['first', 'second'].every((name) => existsSync(path.join(at, name)))
const fill = (at: string) => {
  for (const name of ['first', 'second']) writeFileSync(path.join(at, name), '')
}

describe('packages that tests share', () => {
  it('are there once they are whole, filled by one, and nothing else is left', () => {
    expect(installOnce(folder, whole, fill)).toBe(true)
    expect(installOnce(folder, whole, () => expect.unreachable('they are there'))).toBe(true)
    expect(readdirSync(beside)).toEqual(['packages'])
  })

  it('are not there while one fills them, and another who is quicker is not disturbed', () => {
    const slow = (at: string) => {
      writeFileSync(path.join(at, 'first'), '')
      expect(existsSync(folder)).toBe(false)
      expect(installOnce(folder, whole, fill)).toBe(true)
      writeFileSync(path.join(folder, 'in use'), '')
      fill(at)
    }
    expect(installOnce(folder, whole, slow)).toBe(true)
    expect(readdirSync(folder).toSorted()).toEqual(['first', 'in use', 'second'])
    expect(readdirSync(beside)).toEqual(['packages'])
  })

  it('take the place of what was left half filled', () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'first'), '')
    expect(installOnce(folder, whole, fill)).toBe(true)
    expect(whole(folder)).toBe(true)
  })

  it('that cannot be had are not there, and nothing is left', () => {
    for (const fails of [() => expect.unreachable('no network'), () => undefined])
      expect(installOnce(folder, whole, fails)).toBe(false)
    expect(readdirSync(beside)).toEqual([])
  })
})
