import { describe, expect, it } from 'vitest'
import { localPath } from './local-path'

describe('where somebody lands after signing in', () => {
  it.each(['/', '/approvals', '/agents/soc-triage?tab=runs#top', '/audit?agent=a%20b&outcome=hold'])(
    '%s is kept',
    (next) => {
      expect(localPath(next)).toBe(next)
    },
  )

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' /approvals',
    '/..//evil.example',
    '/./\t/evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    'approvals',
    '',
    '/api/console/shell',
    '/x/../api/auth/signout',
    `/${'a'.repeat(3000)}`,
    undefined,
    null,
    7,
    ['/approvals'],
  ])('%j leads home instead', (next) => {
    expect(localPath(next)).toBe('/')
  })
})
