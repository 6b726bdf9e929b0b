import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import { describe, expect, test } from 'vitest'
import { decisiveSecrets, findSecrets, redactSecrets, redactText, type SecretKind } from './secrets'

// Every secret here is put together at run time: no scanner, ours included, finds one in this repository.
const UPPER = 'Q7XK2M9PZ4RT8WVB3NYC6HJ5DLFGSA'
const MIXED = 'q7Xk2M9pZ4rT8wVb3NyC6hJ5dLfGsAe1uE0iO7tR4mB2vK9xW6zP3cQ8nY5jH1gF'
const HEX = '3f9a7c1e5b2d8046af13c9e7b5d20468f1a3c5e7092b4d6f8a1c3e5f7092b4d6'
const mixed = (length: number) => MIXED.repeat(Math.ceil(length / MIXED.length)).slice(0, length)
const hex = (length: number) => HEX.repeat(Math.ceil(length / HEX.length)).slice(0, length)
const base64 = (text: string) => Buffer.from(text).toString('base64url')
const join = (...parts: string[]) => parts.join('')
const pem = (type: string, body: string) =>
  join('-----BEGIN ', type, 'PRIVATE KEY-----\n', body, '\n-----END ', type, 'PRIVATE KEY-----')

const SECRETS: [kind: SecretKind, secret: string, around?: (secret: string) => string][] = [
  ['aws_access_key_id', join('AK', 'IA', UPPER.slice(0, 16))],
  ['countersign_secret', join('cs_', 'agent_', mixed(43))],
  ['countersign_secret', join('cs', 't_', mixed(43))],
  ['aws_access_key_id', join('AS', 'IA', UPPER.slice(4, 20))],
  ['aws_secret_access_key', mixed(40), (s) => `aws_secret_access_key = ${s}`],
  ['aws_secret_access_key', mixed(40), (s) => `AWS_SECRET_ACCESS_KEY="${s}"`],
  ['github_token', join('gh', 'p_', mixed(36))],
  ['github_token', join('gh', 's_', mixed(36))],
  ['github_token', join('github', '_pat_', mixed(82))],
  ['gitlab_token', join('gl', 'pat-', mixed(20))],
  ['slack_token', join('xo', 'xb-', '123456789012-', '123456789012-', mixed(24))],
  ['slack_token', join('xa', 'pp-1-', UPPER.slice(0, 10), '-1234567890-', hex(40))],
  [
    'webhook_url',
    join('T0', UPPER.slice(0, 8), '/B0', UPPER.slice(0, 8), '/', mixed(24)),
    (s) => join('https://hooks.sl', 'ack.com/services/', s),
  ],
  ['stripe_key', join('sk', '_live_', mixed(24))],
  ['stripe_key', join('rk', '_test_', mixed(24))],
  ['google_api_key', join('AI', 'za', mixed(35))],
  ['google_oauth', join('ya', '29.', mixed(60))],
  ['npm_token', join('np', 'm_', mixed(36))],
  ['npm_token', mixed(36), (s) => join('//registry.example.com/:_auth', 'Token=', s)],
  ['pypi_token', join('py', 'pi-AgE', mixed(80))],
  ['anthropic_key', join('sk-', 'ant-api03-', mixed(93), 'AA')],
  ['openai_key', join('sk-', 'proj-', mixed(74), 'T3Blbk', 'FJ', mixed(74))],
  ['openai_key', join('sk-', mixed(20), 'T3Blbk', 'FJ', mixed(20))],
  ['huggingface_token', join('h', 'f_', mixed(34))],
  ['sendgrid_key', join('S', 'G.', mixed(22), '.', mixed(43))],
  ['shopify_token', join('sh', 'pat_', hex(32))],
  ['linear_key', join('lin', '_api_', mixed(40))],
  ['twilio_key', join('S', 'K', hex(32))],
  ['telegram_token', join('1234567890', ':A', 'A', mixed(33))],
  ['databricks_token', join('da', 'pi', hex(32))],
  ['vault_token', join('hv', 's.', mixed(60))],
  ['discord_token', join('M', mixed(25), '.', mixed(6), '.', mixed(38))],
  ['mailchimp_key', join(hex(32), '-us', '12')],
  [
    'onepassword_token',
    join(
      'op',
      's_',
      Buffer.from(JSON.stringify({ signInAddress: 'a.1password.example', key: mixed(90), x: { y: {} } })).toString(
        'base64',
      ),
    ),
  ],
  ['jwt', join(base64('{"alg":"RS256","typ":"JWT"}'), '.', base64('{"sub":"dana","exp":1}'), '.', mixed(43))],
  ['private_key', pem('RSA ', `MII${mixed(600)}`)],
  ['private_key', pem('', `MII${mixed(120)}`)],
  ['private_key', pem('OPENSSH ', `b3BlbnNzaC1rZXktdjE${mixed(400)}`)],
  ['private_key', pem('EC ', `MII${mixed(160)}`).replaceAll('\n', '\\n')],
  ['url_password', 'deploy:Xk2M9pZ4', (s) => `git clone https://${s}@git.example.net/x.git`],
  ['url_password', 'svc:Xk2M9pZ4rT', (s) => `postgres://${s}@db.internal:5432/app`],
  ['url_password', 'svc:Xk2M9pZ4rT', (s) => `mysql://${s}@db.internal/app`],
  ['url_password', 'svc:Xk2M9pZ4rT', (s) => `mongodb+srv://${s}@cluster.internal/app`],
  ['url_password', `${mixed(40)}:x-oauth-basic`, (s) => `https://${s}@github.com/o/r`],
  [
    'azure_key',
    `${mixed(86)}==`,
    (s) => `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${s};EndpointSuffix=core.windows.net`,
  ],
  ['authorization_header', mixed(40), (s) => `Authorization: Bearer ${s}`],
  ['authorization_header', base64('user:Xk2M9pZ4rT'), (s) => `Authorization: Basic ${s}`],
  ['password', 'Xk2M9pZ4', (s) => `password=${s}`],
  ['password', 'Tr0ub4dor&3'.replace('&', '-'), (s) => `DB_PASSWORD: "${s}"`],
  ['password', mixed(24), (s) => `client_secret=${s}`],
  ['password', mixed(24), (s) => `"apiKey": "${s}"`],
  ['password', 'hunter2x', (s) => `--password ${'='} ${s}`.replace(' = ', '=')],
]

describe('a known secret', () => {
  test.each(SECRETS)('%s is found and gone after redaction: %#', (kind, secret, around = (s) => `see ${s} there`) => {
    const text = around(secret)
    expect(findSecrets(text)).toContainEqual(expect.objectContaining({ kind, decisive: true }))
    const redacted = redactText(text).text
    expect(redacted).toContain(`[redacted:${kind}]`)
    expect(redacted).not.toContain(secret.slice(0, 12))
    expect(redacted).not.toContain(secret.slice(-12))
    expect(decisiveSecrets({ a: [{ b: text }] })).toContain(kind)
  })
})

describe('what the secretlint rules find, ours finds', () => {
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] }
  const covers = async (text: string) => {
    const { messages } = await lintSource({
      source: { filePath: '/notes.txt', content: text, ext: '.txt', contentType: 'text' },
      options: { config, noPhysicFilePath: true },
    })
    const ours = findSecrets(text)
    const missed = messages.filter(({ range: [from, to] }) => !ours.some(({ start, end }) => start < to && end > from))
    return { found: messages.length, missed: missed.map(({ ruleId }) => ruleId) }
  }
  const frames: ((secret: string) => string)[] = [
    (s) => s,
    (s) => `{"note": "use ${s} until Friday"}`,
    (s) => `export TOKEN='${s}'\nnext line`,
    (s) => `two of them: ${s} and ${s}`,
    (s) => `name-${s}`,
  ]

  test('in every frame', async () => {
    let found = 0
    for (const [kind, secret, around = (s: string) => s] of SECRETS) {
      for (const frame of frames) {
        const answer = await covers(frame(around(secret)))
        expect(answer.missed, kind).toEqual([])
        found += answer.found
      }
    }
    expect(found).toBeGreaterThan(80)
  })
})

describe('what is no secret', () => {
  test.each([
    'The customer asked twice for a refund of order A-17; dana@example.com has the details.',
    'Please reset your password: required before Friday',
    'password=getpass.getpass()',
    'password = ${DB_PASSWORD}',
    'password: ********',
    'token: next',
    'const secret = process.env.SECRET',
    'git commit 3f9a7c1e5b2d8046af13c9e7b5d20468f1a3c5e7',
    'https://example.com/a:b/c@2x.png',
    'see https://user@example.com/ and ssh://git@example.com:22/x',
    'redis://localhost:6379',
    'sha256:3f9a7c1e5b2d8046af13c9e7b5d20468f1a3c5e7092b4d6f8a1c3e5f7092b4d6',
    'sk-learn is a library; task-force-alpha-bravo-charlie-delta',
    'The bearer of this letter is my colleague',
    'detach role AROAIOSFODNN7EXAMPLE from user AIDAIOSFODNN7EXAMPLE',
    'PATCH /v1/keys HTTP/1.1',
    'act_0192f7a1b2c37d4e8f90a1b2c3d4e5f6',
  ])('%s', (text) => {
    expect(findSecrets(text).filter(({ decisive }) => decisive)).toEqual([])
  })
})

describe('redaction of a JSON value', () => {
  const token = join('gh', 'p_', mixed(36))

  test('keeps its shape, names the places, and leaves the given value alone', () => {
    const value = { to: ['a@example.com', `key ${token}`], n: 1, ok: true, none: null, deep: { x: 'y' } }
    const before = structuredClone(value)
    const { value: redacted, found } = redactSecrets(value)
    expect(redacted).toEqual({
      to: ['a@example.com', 'key [redacted:github_token]'],
      n: 1,
      ok: true,
      none: null,
      deep: { x: 'y' },
    })
    expect(value).toEqual(before)
    expect(found).toEqual([{ path: 'to[1]', kind: 'github_token' }])
  })

  test('reaches keys', () => {
    const { value, found } = redactSecrets({ deep: { [token]: 1, [`${token}9`]: 2 } })
    expect(value).toEqual({ deep: { '[redacted:github_token]': 1, '[redacted:github_token]#2': 2 } })
    expect(found.map(({ path }) => path)).toEqual(['deep', 'deep'])
  })

  test('takes the word of a key', () => {
    const { value, found } = redactSecrets({
      user: 'dana',
      password: 'abc',
      'api-key': 'k',
      clientSecret: ['s1', 's2'],
      Authorization: 'x',
      monkey: 'm',
      next_token: 't',
    })
    expect(value).toEqual({
      user: 'dana',
      password: '[redacted:credential]',
      'api-key': '[redacted:credential]',
      clientSecret: ['[redacted:credential]', '[redacted:credential]'],
      Authorization: '[redacted:credential]',
      monkey: 'm',
      next_token: 't',
    })
    expect(found).toHaveLength(5)
    expect(decisiveSecrets({ password: 'abc', clientSecret: 's1' })).toEqual([])
    expect(decisiveSecrets({ SecretAccessKey: mixed(40) })).toEqual(['aws_secret_access_key'])
    expect(decisiveSecrets({ password: token })).toEqual(['github_token'])
  })

  test('is the same value where there is nothing, and stays so when done twice', () => {
    const clean = { a: ['b', { c: 1 }] }
    expect(redactSecrets(clean).value).toBe(clean)
    const once = redactSecrets({ password: 'x', note: `password=${mixed(12)}`, t: token }).value
    expect(redactSecrets(once)).toEqual({ value: once, found: [] })
  })
})

test('no text takes more than its length in time', () => {
  const pieces = [
    'a',
    '-',
    '_',
    ' ',
    '"',
    '=',
    ':',
    '/',
    '.',
    'eyJ',
    'eyJa.',
    'sk-',
    'AKIA',
    'ghp_',
    '://',
    '://a:',
    'a:b@',
    'password',
    'password=',
    'password = ',
    'secret_key: ',
    'xoxb-',
    'xoxb-1-',
    'Bearer ',
    'SG.aaaaaaaaaa.',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    'BEGIN PRIVATE KEY',
    ':AA',
    '1234567890',
    'MAAAAAAAAAAAAAAAAAAAAAAAA.',
    '\n',
    'A',
    '0',
    'é',
    'ops_ey',
    'eyJ-',
    'eyJ_',
    'ya29.',
    'sk-ant-',
    '-us',
    'hooks.slack.com/services/',
  ]
  for (const piece of pieces) {
    const of = (length: number) => {
      const text = piece.repeat(length / piece.length)
      const from = process.cpuUsage()
      findSecrets(text)
      return process.cpuUsage(from).user
    }
    of(20_000)
    const [short, long] = [of(100_000), of(1_000_000)]
    // Ten times the text: a quadratic pattern would take a hundred times as long. The constant forgives a slow machine's noise.
    expect(long, JSON.stringify(piece)).toBeLessThan(short * 40 + 400_000)
  }
})
