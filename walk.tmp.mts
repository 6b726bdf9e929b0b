import { chromium } from '@playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
import { findBrowser } from './e2e/support/browser'
import { readFileSync } from 'node:fs'
const B = 'http://localhost:3411'
const link = /http:\/\/localhost:3411\/welcome\/\S+/.exec(readFileSync('/tmp/people.log', 'utf8'))![0]
const found = await findBrowser()
const browser = await chromium.launch(found)
const out = (...a: unknown[]) => console.log(...a)
const PW = 'kelp-lantern-orbit-7'
async function context(js = false, theme: 'light'|'dark' = 'light') {
  const c = await browser.newContext({ javaScriptEnabled: js, baseURL: B, viewport: { width: 1280, height: 900 }, colorScheme: theme })
  const p = await c.newPage()
  p.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') out('CONSOLE', p.url(), m.text()) })
  p.on('pageerror', (e) => out('PAGEERROR', p.url(), e.message))
  return { c, p }
}
async function shot(p: any, name: string) { await p.screenshot({ path: `/tmp/shots/${name}.png`, fullPage: true }) }
const { p: admin, c: adminC } = await context(false)
await admin.goto(link)
await admin.fill('#f-name', 'Petra Vandermolen'); await admin.fill('#f-email', 'Petra@Quillhaven.example'); await admin.fill('#f-password', 'shortxx')
await admin.fill('#f-organisation', 'Quillhaven Mutual'); await admin.selectOption('#f-timeZone', 'Europe/Amsterdam')
await shot(admin, 'welcome')
await admin.click('text=Create my account')
out('after weak', admin.url(), await admin.locator('.err').allInnerTexts(), await admin.inputValue('#f-name'))
await shot(admin, 'welcome-error')
await admin.fill('#f-password', PW); await admin.click('text=Create my account')
out('after found', admin.url(), await admin.locator('h1').innerText())
await shot(admin, 'people-first')
async function inviteAs(name: string, email: string, roles: string[]) {
  await admin.goto('/settings/people?act=invite')
  await admin.fill('#f-name', name); await admin.fill('#f-email', email)
  for (const r of roles) await admin.check(`input[value=${r}]`)
  await admin.click('text=Make their link')
  const secret = await admin.locator('.once code').innerText()
  return secret
}
await admin.goto('/settings/people?act=invite'); await shot(admin, 'invite')
const cisoLink = await inviteAs('Ilse Tamm', 'ilse@quillhaven.example', ['ciso'])
await shot(admin, 'invited')
out('link', cisoLink.slice(0, 30))
await admin.reload(); out('after reload once', await admin.locator('.once').count())
const { p: ciso } = await context(false)
await ciso.goto(cisoLink); await shot(ciso, 'join')
await ciso.fill('#f-password', PW); await ciso.click('button:has-text("Join")')
out('ciso at', ciso.url())
const second = await inviteAs('Second Ciso', 'second@quillhaven.example', ['ciso', 'analyst'])
const { p: ciso2 } = await context(false)
await ciso2.goto(second); await ciso2.fill('#f-password', PW); await ciso2.click('button:has-text("Join")')
await ciso.goto('/settings/people'); await shot(ciso, 'cosign')
out('waiting', await ciso.locator('.act h3').allInnerTexts())
await ciso.click('button:has-text("Co-sign")')
out('cosigned', await ciso.locator('.once').innerText())
const bad = await inviteAs('Bad', 'ilse@quillhaven.example', []).catch((e) => 'refused')
out('dup invite', bad, await admin.locator('.err, .errs').allInnerTexts())
const ana = await inviteAs('Dana Whitlock', 'dana@quillhaven.example', ['analyst'])
const { p: dana, c: danaC } = await context(true)
await dana.goto(ana); await dana.fill('#f-password', PW); await dana.click('button:has-text("Join")'); await dana.waitForLoadState()
out('dana at', dana.url())
// on call
await admin.goto('/settings/on-call'); await shot(admin, 'oncall-empty')
await admin.selectOption('#f-personId', { label: 'Dana Whitlock' }); await admin.click('text=Put them on call')
out('oncall', await admin.locator('h1').innerText()); await shot(admin, 'oncall')
// tokens with js
await dana.goto('/settings/tokens'); await dana.fill('#f-name', 'nightly'); await dana.click('text=Make the token'); await dana.waitForSelector('.once')
const token = await dana.locator('.once code').innerText(); out('token', token.slice(0, 6), token.length); await shot(dana, 'tokens')
out('api', (await (await fetch(B + '/api/console/people', { headers: { authorization: `Bearer ${token}` } })).text()).slice(0, 60))
out('api write', (await fetch(B + '/api/console/teams', { method: 'POST', headers: { authorization: `Bearer ${token}`, origin: B, 'content-type': 'application/json' }, body: '{"name":"x"}' })).status)
await dana.click('text=Revoke…'); await dana.waitForSelector('#act'); await shot(dana, 'token-revoke'); await dana.click('.act button:has-text("Revoke nightly")'); await dana.waitForLoadState()
out('api after', (await fetch(B + '/api/console/people', { headers: { authorization: `Bearer ${token}` } })).status)
for (const path of ['/settings', '/settings/sessions', '/settings/tokens', '/settings/people', '/settings/on-call', '/settings/organisation']) {
  for (const theme of ['light', 'dark'] as const) {
    const x = await browser.newContext({ baseURL: B, colorScheme: theme, viewport: { width: 1280, height: 900 }, storageState: await (path === '/settings/organisation' ? adminC : danaC).storageState() })
    const q = await x.newPage(); q.on('console', (m) => { if (m.type() === 'error' || m.type() === 'warning') out('CONSOLE', q.url(), m.text()) })
    await q.goto(path); await q.waitForLoadState('load')
    const r = await new AxeBuilder({ page: q }).analyze()
    out('axe', path, theme, r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`))
    await q.screenshot({ path: `/tmp/shots${path.replaceAll('/', '_')}-${theme}.png`, fullPage: true })
    if (theme === 'light') { await q.setViewportSize({ width: 390, height: 844 }); await q.screenshot({ path: `/tmp/shots${path.replaceAll('/', '_')}-390.png`, fullPage: true }); out('scroll', await q.evaluate(() => document.documentElement.scrollWidth)) }
    await x.close()
  }
}
// person page, deactivate
await admin.goto('/settings/people'); await admin.click('text=Dana Whitlock'); out('person', admin.url()); await shot(admin, 'person')
await admin.click('text=Deactivate…'); await shot(admin, 'deactivate'); await admin.click('.act button:has-text("Deactivate")')
out('no reason', await admin.locator('.errs, .err').allInnerTexts())
await admin.fill('#f-reason', 'left the company'); await admin.click('.act button:has-text("Deactivate Dana")')
out('done', await admin.locator('.once').innerText())
await dana.goto('/settings'); out('dana now at', dana.url())
await shot(dana, 'login')
await dana.fill('#f-email', 'dana@quillhaven.example'); await dana.fill('#f-password', PW); await dana.click('button:has-text("Sign in")'); await dana.waitForLoadState()
out('login refused', dana.url(), await dana.locator('[role=alert]').allInnerTexts()); await shot(dana, 'login-error')
await dana.fill('#f-email', 'ilse@quillhaven.example'); await dana.fill('#f-password', PW); await dana.click('button:has-text("Sign in")'); await dana.waitForLoadState()
out('ilse at', dana.url())
const r = await new AxeBuilder({ page: dana }).analyze(); out(r.violations.map((v) => v.id))
await dana.goto('/settings/sessions'); await dana.click('button:has-text("Sign out")'); await dana.waitForLoadState(); out('signed out', dana.url())
for (const path of ['/login', '/join/nonsense', '/new-password/x', '/welcome/x']) { await dana.goto(path); const a = await new AxeBuilder({ page: dana }).analyze(); out('axe', path, a.violations.map((v) => v.id)) ; await shot(dana, path.replaceAll('/','_')) }
// next-auth door
const csrf = await fetch(B + '/api/auth/csrf'); const jar = csrf.headers.getSetCookie().map((c) => c.split(';')[0]).join('; '); const { csrfToken } = await csrf.json()
const cb = await fetch(B + '/api/auth/callback/credentials', { method: 'POST', redirect: 'manual', headers: { origin: B, cookie: jar, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ csrfToken, email: 'ilse@quillhaven.example', password: PW, json: 'true' }) })
out('next-auth', cb.status, await cb.text(), cb.headers.getSetCookie().map((c) => c.slice(0, 40)))
const jar2 = [...cb.headers.getSetCookie(), ].map((c) => c.split(';')[0]).join('; ')
out('session', await (await fetch(B + '/api/auth/session', { headers: { cookie: jar2 } })).text())
out('shell', (await (await fetch(B + '/api/console/shell', { headers: { cookie: jar2 } })).text()).slice(0, 400))
const so = await fetch(B + '/api/auth/signout', { method: 'POST', redirect: 'manual', headers: { origin: B, cookie: jar + '; ' + jar2, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ csrfToken, json: 'true' }) })
out('signout', so.status); out('session', await (await fetch(B + '/api/auth/session', { headers: { cookie: jar2 } })).text(), (await fetch(B + '/api/console/shell', { headers: { cookie: jar2 } })).status)
out('bad', (await fetch(B + '/api/auth/callback/credentials', { method: 'POST', redirect: 'manual', headers: { origin: B, cookie: jar, 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ csrfToken, email: 'ilse@quillhaven.example', password: 'x', json: 'true' }) })).status, (await fetch(B + '/api/auth/signin')).status, (await fetch(B + '/api/auth/error')).status)
await browser.close()
