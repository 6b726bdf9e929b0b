import { describe, expect, test } from 'vitest'
import { isAddress, smtpOfEnvironment } from './mail-server'

const MAIL_FROM = 'countersign@example.com'
const read = (SMTP_URL: string, from = MAIL_FROM) => smtpOfEnvironment({ SMTP_URL, MAIL_FROM: from })

describe('the mail server of the environment', () => {
  test('is none where nobody said, TLS from the first byte by smtps, STARTTLS or nothing by smtp, and plain only in so many words', () => {
    expect(smtpOfEnvironment({})).toBeNull()
    expect(read('smtps://u%40x:p%2Fw@mail.example.com')).toMatchObject({
      settings: { host: 'mail.example.com', port: 465, tls: 'implicit', user: 'u@x', from: MAIL_FROM },
      password: 'p/w',
    })
    expect(read('smtp://mail.example.com')?.settings).toMatchObject({ port: 587, tls: 'starttls', user: null })
    expect(read('smtp://10.0.0.5?tls=none')?.settings).toMatchObject({ port: 25, tls: 'none' })
    expect(read('smtp://[::1]:2525?tls=none')?.settings).toMatchObject({ host: '::1', port: 2525 })
  })

  test.each(['mail.example.com', 'https://mail.example.com', 'smtps://mail.example.com?tls=none', 'smtp://'])(
    'is refused at the start where it is none: %s',
    (url) => {
      expect(() => read(url)).toThrow(/SMTP_URL/)
    },
  )

  test('is refused without an address it comes from, and no refusal repeats the password', () => {
    expect(() => read('smtps://u:hunter2@mail.example.com', '')).toThrow(/MAIL_FROM/)
    for (const bad of ['x://u:hunter2@h', 'smtps://u:hunter2@h?tls=none']) {
      const said = (() => {
        try {
          return JSON.stringify(read(bad))
        } catch (error) {
          return String(error)
        }
      })()
      expect(said).toContain('SMTP_URL')
      expect(said).not.toContain('hunter2')
    }
  })

  test.each(['a@b.c\r\nBcc: x@y.z', 'Dana <dana@example.com>', 'a@b, c@d', 'a b@c', '@c', 'a@', 'a@b\n'])(
    'takes no address that is more than one: %j',
    (text) => {
      expect(isAddress(text)).toBe(false)
    },
  )
})
