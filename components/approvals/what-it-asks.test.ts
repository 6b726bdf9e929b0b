import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { shownAs } from '@/lib/decisions/shown'
import { WhatItAsks } from './what-it-asks'

const HOSTILE =
  '<img src=x onerror=alert(1)>[x](javascript:alert(2))</code></div><script>alert(3)</script>\u202e\u200b\u001b[31m'
const INERT = /<(?:img|script|iframe|svg onload|style|meta|base|object|embed)\b|javascript:alert\(2\)"/i

function rendered(tool: string, args: Record<string, unknown>): string {
  const request = {
    ...{
      tool,
      shown: shownAs(tool, args),
      parts: null,
      erased: false,
      broken: false,
      digest: `sha256:${'0'.repeat(64)}`,
    },
    exact: { bytes: 10, text: JSON.stringify(args), salt: 'c2FsdA', matches: true },
  }
  return renderToStaticMarkup(createElement(WhatItAsks, { request, files: '/api/console/approvals/apr_1/exact' }))
}

describe('what an agent asks for, on the page', () => {
  it.each([
    ['a command', { command: HOSTILE }],
    ['a change', { file_path: HOSTILE, old_string: HOSTILE, new_string: `${HOSTILE}\n${HOSTILE}` }],
    ['a patch', { patch: `--- ${HOSTILE}\n+++ b\n@@ -1 +1 @@\n-${HOSTILE}\n+${HOSTILE}` }],
    ['a message', { to: [HOSTILE], from: HOSTILE, subject: HOSTILE, html: HOSTILE, attachments: [{ name: HOSTILE }] }],
    ['records', { list: [{ [HOSTILE.slice(0, 60)]: HOSTILE }] }],
    ['a sum', { amount: 1, currency: 'EUR', [HOSTILE]: HOSTILE }],
    ['names and values', { [HOSTILE]: { deep: [HOSTILE, { [HOSTILE]: null }] } }],
  ])('is text and never markup: %s', (_name, args) => {
    const html = rendered('mail.send', args)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(html).not.toMatch(INERT)
    expect(html).toContain('U+202E')
    expect(html).toContain('U+001B')
    // the only addresses on the page are ours
    for (const [, href] of html.matchAll(/href="([^"]*)"/g))
      expect(href).toMatch(/^\/api\/console\/approvals\/apr_1\/exact/)
  })

  it('names what is left out, with its size, its hash and the file that has it', () => {
    const html = rendered('notes.write', { 'a/b': 'x'.repeat(1_000_000) })
    expect(html).toContain('Not all of it is shown.')
    expect(html).toContain('1 MB (1,000,000 bytes)')
    expect(html).toContain('/exact?at=%2Fa~1b')
  })

  it('says so where the exact bytes do not give the digest, and where the words are gone', () => {
    const request = {
      tool: 'x.y',
      shown: shownAs('x.y', {}),
      parts: null,
      erased: false,
      broken: false,
      digest: 'sha256:0',
    }
    const exact = { bytes: 1, text: '{}', salt: 's', matches: false }
    const html = renderToStaticMarkup(createElement(WhatItAsks, { request: { ...request, exact }, files: null }))
    expect(html).toContain('These bytes do not give the digest of this request.')
    const gone = {
      state: 'erased',
      at: '2026-11-20T00:00:00.000Z',
      by: 'Ilse',
      entry: 'e',
      reason: '<b>asked</b>',
    } as const
    const erased = renderToStaticMarkup(
      createElement(WhatItAsks, { request: { ...request, erased: true }, files: null, gone }),
    )
    expect(erased).toContain('The arguments were erased.')
    expect(erased).toContain('Erased on 2026-11-20 by Ilse, because: &lt;b&gt;asked&lt;/b&gt;')
    const broken = { ...request, erased: true, broken: true }
    expect(renderToStaticMarkup(createElement(WhatItAsks, { request: broken, files: null }))).toContain(
      'is not what the entry commits to',
    )
  })

  it('asks for a purpose where it is sensitive, and offers neither its words nor its bytes', () => {
    const request = {
      ...{ tool: 'x.y', shown: shownAs('x.y', { iban: 'DE89' }), parts: null, erased: false, broken: false },
      ...{ digest: 'sha256:0', exact: { bytes: 1, text: '{"iban":"DE89"}', salt: 's', matches: true } },
    }
    const shown = (action: string | null) =>
      renderToStaticMarkup(
        createElement(WhatItAsks, { request: { ...request, sensitive: { action } }, files: '/api/exact' }),
      )
    for (const html of [shown('act_1'), shown(null)]) {
      expect(html).toContain('marked sensitive')
      expect(html).not.toContain('DE89')
      expect(html).not.toContain('/api/exact')
    }
    expect(shown('act_1')).toContain('action="/api/console/audit/readings" method="post"')
    expect(shown('act_1')).toContain('value="act_1"')
    expect(shown(null)).not.toContain('<form')
  })
})
