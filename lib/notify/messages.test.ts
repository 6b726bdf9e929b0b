import { describe, expect, test } from 'vitest'
import { formatMail } from './format-mail'
import { formatPagerduty } from './format-pagerduty'
import { formatSlack } from './format-slack'
import { formatTeams } from './format-teams'
import { NO_DECISION, plainWords, type Message } from './message'
import { sayApprovals } from './say-message'
import type { ApprovalThing } from './store-things'

const ORIGIN = 'https://countersign.example.com'
const HOSTILE = [
  '<https://evil.example/approve|Approve it here>',
  '<!channel> <@U123> @here *bold* _it_ ~no~ `code` ```block```',
  '[Approve](https://evil.example) ![](https://evil.example/x.png) <at>Dana</at>',
  'A\r\nBcc: everybody@evil.example\r\n\r\nBody',
  'evil.example/login and www.evil.example and mailto:x@evil.example and //evil.example',
  'HTTPS://EVIL.EXAMPLE javascript:alert(1) data:text/html,x tel:+31 slack://open msteams:/l/x',
  'gnp.exe\u202egpj.doc \u200bhidden\u200b \u{e0041}\u{e0070}',
  '\u2028line\u2029line\u0085line\u0000nul',
  'dev.azure\u3002com dev\uff0ecom \uff61net xn--e1awd7f.com 1.1.1.1',
  'AKIAIOSFODNN7EXAMPLE and ghp_0123456789abcdefghijABCDEFGHIJ012345',
  `a.b ${'x'.repeat(5_000)}`,
]
const thing = (given: Partial<ApprovalThing> = {}): ApprovalThing => ({
  ...{
    id: '01900000-0000-7000-8000-000000000001',
    kind: 'action',
    status: 'pending',
    rule: {},
    seats: 1,
    requesterId: null,
  },
  ...{
    given: [],
    openedAt: new Date('2026-11-21T10:00:00Z'),
    expiresAt: new Date('2026-11-21T14:00:00Z'),
    agentId: null,
    slug: 'soc-triage',
  },
  ...{
    ownerId: null,
    teamId: null,
    heldBy: null,
    reason: 'irreversible',
    stakes: 2,
    tool: 'edr.isolate_host',
    resourceType: 'host',
    resourceId: 'fin-lt-0442',
  },
  ...{ by: null, said: null },
  ...given,
})
const now = new Date('2026-11-21T10:01:00Z')
const saying = { kind: 'request', what: 'asked', count: 1, severity: 'warning' } as const
function message(given: Partial<ApprovalThing> = {}): Message {
  const said = sayApprovals(saying, [thing(given)], now)
  if ('over' in said) throw new Error(said.over)
  return said
}
const context = { id: 'n1', thread: 'approval:x', origin: ORIGIN, organisation: 'Quill\r\nhaven', digest: null }

/** What mail and chat programs make a link of by themselves: a scheme, a host with a known kind of ending, an address. */
const LINKS =
  /[a-z][a-z0-9+.-]*:\/\/|www\.|\b(?:mailto|javascript|data|tel|slack|msteams):|[^\s<>[\]]+@[^\s<>[\]]+\.[a-z]{2,}|[\p{L}\p{N}-][.\u3002\uff0e\uff61]\p{L}{2,}/iu
const withoutOurs = (text: string) =>
  text
    .replaceAll(`${ORIGIN}/approvals/apr_01900000000070008000000000000001`, '')
    .replaceAll(`${ORIGIN}/settings/notifications`, '')

describe('what somebody else wrote', () => {
  test.each(HOSTILE)('is no link, no address and one short line: %j', (text) => {
    const plain = plainWords(text)
    expect(plain).not.toMatch(LINKS)
    expect(plain).not.toMatch(/[\u0000-\u001f\u007f\u0085\u2028\u2029\u202a-\u202e\u200b]/u)
    expect(Array.from(plain).length).toBeLessThan(400)
  })

  test('loses its secrets before it is said', () => {
    expect(plainWords(HOSTILE[9] ?? '')).not.toMatch(/AKIAIOSFODNN7EXAMPLE|ghp_0123/)
  })

  test.each(HOSTILE)('stays inert in a mail: %j', (text) => {
    const mail = formatMail([message({ tool: text, resourceId: text, resourceType: text })], context)
    expect(mail.subject).not.toMatch(/[\r\n]/)
    expect(Array.from(mail.subject).length).toBeLessThanOrEqual(160)
    expect(Object.keys(mail.headers)).toEqual(['Auto-Submitted', 'X-Auto-Response-Suppress'])
    expect(withoutOurs(mail.text)).not.toMatch(LINKS)
    expect(mail.text.split('\n').some((line) => line.startsWith('Bcc:'))).toBe(false)
  })

  test.each(HOSTILE)('is no mrkdwn, mention or link in Slack: %j', (text) => {
    const slack = formatSlack(message({ tool: text, resourceId: text }), ORIGIN) as {
      text: string
      blocks: { text?: { text: string; verbatim?: boolean } }[]
      unfurl_links: boolean
    }
    const [title = '', link = ''] = slack.blocks.map((block) => block.text?.text ?? '')
    expect(title).not.toMatch(/[<>]/)
    expect(title.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&')
    // theirs stands between exactly two ticks on its line
    expect((title.split('\n')[0]?.match(/`/g) ?? []).length).toBe(2)
    expect(withoutOurs(title)).not.toMatch(LINKS)
    expect(slack.text).not.toMatch(/[<>*_~`]/)
    expect(link).toBe(`<${ORIGIN}/approvals/apr_01900000000070008000000000000001|Open it in Countersign>`)
    expect(slack.blocks.every((block) => block.text === undefined || block.text.verbatim === true)).toBe(true)
    expect(slack.unfurl_links).toBe(false)
    for (const block of slack.blocks) expect(block.text?.text.length ?? 0).toBeLessThan(3_000)
  })

  test.each(HOSTILE)('is only ever in runs of text in Teams, which know no Markdown: %j', (text) => {
    const card = JSON.parse(JSON.stringify(formatTeams(message({ tool: text, resourceId: text }), ORIGIN))) as {
      type: string
      attachments: {
        contentType: string
        content: {
          body: { type: string; inlines: { type: string; text: string }[] }[]
          actions: { type: string; url: string }[]
        }
      }[]
    }
    const content = card.attachments[0]?.content
    expect(card.type).toBe('message')
    expect(card.attachments[0]?.contentType).toBe('application/vnd.microsoft.card.adaptive')
    expect(
      content?.body.every(
        ({ type, inlines }) => type === 'RichTextBlock' && inlines.every((run) => run.type === 'TextRun'),
      ),
    ).toBe(true)
    for (const { text: said } of content?.body.flatMap(({ inlines }) => inlines) ?? []) expect(said).not.toMatch(LINKS)
    expect(content?.actions).toEqual([
      {
        type: 'Action.OpenUrl',
        title: 'Open it in Countersign',
        url: `${ORIGIN}/approvals/apr_01900000000070008000000000000001`,
      },
    ])
    expect(JSON.stringify(card).length).toBeLessThan(28_000)
  })

  test.each(HOSTILE)('is inert and bounded for a pager: %j', (text) => {
    const event = formatPagerduty(message({ tool: text, resourceId: text }), {
      ...{ act: 'trigger', thread: 'approval:x', routingKey: 'key', origin: ORIGIN, at: now },
    }) as {
      payload: { summary: string; severity: string; source: string }
      links: { href: string }[]
      dedup_key: string
    }
    expect(event.payload.summary).not.toMatch(LINKS)
    expect(event.payload.summary.length).toBeLessThanOrEqual(1024)
    expect(event.payload).toMatchObject({ severity: 'warning', source: 'countersign.example.com' })
    expect(event.links.map(({ href }) => href)).toEqual([`${ORIGIN}/approvals/apr_01900000000070008000000000000001`])
  })
})

describe('a message', () => {
  test('says who wants what on what, why it asks and until when; never decides, and leads to one place', () => {
    const { text, subject } = formatMail([message()], context)
    expect(subject).toBe('[Quill haven] An answer is wanted: soc-triage wants to isolate host fin-lt-0442')
    expect(text).toContain('Why it asks: It cannot be undone.')
    expect(text).toContain('Until: 2026-11-21 14:00 UTC')
    expect(text).toContain(NO_DECISION)
    expect(text.match(/https:\/\/\S+/g)).toEqual([
      `${ORIGIN}/approvals/apr_01900000000070008000000000000001`,
      `${ORIGIN}/settings/notifications`,
    ])
  })

  test('says how many there are where many are alike', () => {
    const said = sayApprovals({ ...saying, count: 100 }, [thing(), thing({ status: 'approved' })], now)
    expect(said).toMatchObject({ title: [{ ours: '100 requests of soc-triage wait for you' }], path: '/approvals' })
  })

  test('is not sent once there is nothing to do', () => {
    expect(sayApprovals(saying, [thing({ status: 'approved' })], now)).toEqual({ over: 'over' })
    expect(sayApprovals(saying, [thing()], new Date('2026-11-21T15:00:00Z'))).toEqual({ over: 'over' })
    expect(sayApprovals(saying, [], now)).toEqual({ over: 'erased' })
  })

  test('tells who asked why it was rejected, and repeats nothing that was erased', () => {
    const said = sayApprovals(
      { ...saying, kind: 'asked_for', what: 'rejected' },
      [thing({ status: 'rejected', by: 'Dana', said: 'Not on a Friday.' })],
      now,
    )
    expect(formatMail(['over' in said ? message() : said], context).text).toContain('Reason: Not on a Friday.')
    expect(formatMail([message({ tool: null, resourceId: null, resourceType: null })], context).subject).toContain(
      'something whose words were erased',
    )
  })

  test('acknowledges and resolves with nothing but the key it was opened with', () => {
    const about = { thread: 'halt:1', routingKey: 'key', origin: ORIGIN, at: now }
    expect(formatPagerduty(null, { act: 'resolve', ...about })).toEqual({
      routing_key: 'key',
      event_action: 'resolve',
      dedup_key: 'countersign:halt:1',
    })
  })
})
