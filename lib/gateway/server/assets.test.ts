import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { openAssets } from './assets'

const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-assets-'))
const SOURCE = 'console.log("ours")\n'
mkdirSync(path.join(folder, 'chunks'))
writeFileSync(path.join(folder, 'chunks/a.js'), SOURCE)
writeFileSync(path.join(folder, 'chunks/a.js.br'), brotliCompressSync(SOURCE))
writeFileSync(path.join(folder, 'chunks/small.js'), '1')
writeFileSync(path.join(folder, 'odd.bin.br'), 'never')
writeFileSync(path.join(path.dirname(folder), 'countersign-outside.js.br'), 'never')

const answer = openAssets(folder)
const server = createServer((request, response) => {
  if (!answer(request, response)) response.writeHead(418).end()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
  rmSync(path.join(path.dirname(folder), 'countersign-outside.js.br'))
})

const ask = (target: string, init: RequestInit = {}) =>
  fetch(origin + target, { ...init, headers: { 'accept-encoding': 'br', ...init.headers } })

it('answers with what was compressed, to be kept for a year', async () => {
  const response = await ask('/_next/static/chunks/a.js?v=1')
  expect(response.headers.get('content-encoding')).toBe('br')
  expect(response.headers.get('content-type')).toContain('javascript')
  expect(response.headers.get('cache-control')).toContain('max-age=31536000')
  expect(response.headers.get('vary')).toBe('accept-encoding')
  expect(await response.text()).toBe(SOURCE)
})

it('leaves to Next whoever takes no Brotli, other methods, and files that were not compressed', async () => {
  expect((await ask('/_next/static/chunks/a.js', { headers: { 'accept-encoding': 'gzip' } })).status).toBe(418)
  expect((await ask('/_next/static/chunks/a.js', { method: 'POST' })).status).toBe(418)
  expect((await ask('/_next/static/chunks/small.js')).status).toBe(418)
})

it.each([
  '/_next/static/odd.bin',
  '/_next/static/../countersign-outside.js',
  '/_next/static/..%2fcountersign-outside.js',
  '/_next/static/chunks/%2e%2e/%2e%2e/countersign-outside.js',
  '/_next/static//chunks/a.js',
  '/_next/static/__proto__',
])('gives out nothing else: %s', async (target) => {
  expect((await ask(target)).status).toBe(418)
})

it('has nothing to answer before the first build', () => {
  expect(
    openAssets(path.join(folder, 'none'))(
      { url: '/_next/static/chunks/a.js', method: 'GET', headers: {} } as never,
      {} as never,
    ),
  ).toBe(false)
})
