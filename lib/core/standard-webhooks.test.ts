import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { makeWebhookSecret, signWebhook, webhookKey } from './standard-webhooks'

const body = '{"specversion":"1.0","data":{"name":"Zoë"}}'
const message = { id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', at: new Date(), body }

describe('a signed webhook', () => {
  test('is accepted by the verifier of the Standard Webhooks project', () => {
    const secret = makeWebhookSecret()
    expect(new Webhook(secret).verify(body, { ...signWebhook(message, [secret]) })).toEqual(JSON.parse(body))
  })

  test('is the same whether the body comes as text or as bytes', () => {
    const secret = makeWebhookSecret()
    expect(signWebhook({ ...message, body: Buffer.from(body) }, [secret])).toEqual(signWebhook(message, [secret]))
  })

  test('has the value that the project’s own libraries are tested with', () => {
    const headers = signWebhook(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: new Date(1_614_265_330_000), body: '{"test": 2432232314}' },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    )
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  test('is accepted under the old secret and under the new while both sign', () => {
    const [fresh, old] = [makeWebhookSecret(), makeWebhookSecret()]
    const headers = { ...signWebhook(message, [fresh, old]) }
    for (const secret of [fresh, old]) expect(new Webhook(secret).verify(body, headers)).toBeTruthy()
    expect(() => new Webhook(makeWebhookSecret()).verify(body, headers)).toThrow()
  })

  test('is refused once a byte of the body, the id or the moment is another', () => {
    const secret = makeWebhookSecret()
    const headers = { ...signWebhook(message, [secret]) }
    const receiver = new Webhook(secret)
    expect(() => receiver.verify(body.replace('1.0', '1.1'), headers)).toThrow()
    expect(() => receiver.verify(body, { ...headers, 'webhook-id': 'msg_other' })).toThrow()
    const later = String(Number(headers['webhook-timestamp']) + 1)
    expect(() => receiver.verify(body, { ...headers, 'webhook-timestamp': later })).toThrow()
  })

  test('is not made with an id that could shift the text that is signed', () => {
    for (const id of ['', 'a.b', 'a b', 'ä', 'a\n'])
      expect(() => signWebhook({ ...message, id }, [makeWebhookSecret()])).toThrow(/letters/)
  })

  test('is not made without a secret, nor with a damaged one', () => {
    expect(() => signWebhook(message, [])).toThrow(/at least one/)
    expect(() => signWebhook(message, ['whsec_'])).toThrow(/24 to 64/)
  })
})

describe('a webhook secret', () => {
  test('is read back to the bytes it was made of', () => {
    const bytes = Buffer.alloc(32, 7)
    expect(webhookKey(makeWebhookSecret(() => bytes))?.equals(bytes)).toBe(true)
  })

  test('is refused without its prefix, in another alphabet, too short and too long', () => {
    const of = (length: number) => Buffer.alloc(length, 251).toString('base64')
    expect(webhookKey(`whsec_${of(24)}`)).not.toBeNull()
    expect(webhookKey(`whsec_${of(64)}`)).not.toBeNull()
    for (const secret of [
      of(32),
      `whsec_${of(23)}`,
      `whsec_${of(65)}`,
      `whsec_${of(24)} `,
      `whsec_${of(24).replaceAll('+', '-')}`,
    ])
      expect(webhookKey(secret)).toBeNull()
  })
})
