import fs from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { acceptsBrotli } from './accept-encoding'

const PREFIX = '/_next/static/'
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'application/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
}

/** What says how a page may behave; a script or a style is never one, and a dozen of each load with every first page. */
const OF_PAGES = [
  'content-security-policy',
  'permissions-policy',
  'x-frame-options',
  'cross-origin-opener-policy',
  'referrer-policy',
  'x-request-id',
]

/**
 * Answers for the files of the build that were compressed when it was made; returns false for everything else, which is
 * Next's (it would compress anew, with gzip, on every request). The names are read once, at the start: a request is looked
 * up among them and never becomes a path. A name holds a digest of its file, so the answer may be kept for a year.
 * @param folder the build's `static` folder
 */
export function openAssets(folder: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const assets = readAssets(folder)
  return (request, response) => {
    const asset = assets.get(pathOf(request.url ?? ''))
    if (asset === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false
    if (!acceptsBrotli(request.headers['accept-encoding'])) return false
    for (const name of OF_PAGES) response.removeHeader(name)
    response.writeHead(200, {
      'content-type': asset.type,
      'content-encoding': 'br',
      'content-length': asset.bytes.length,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    })
    response.end(request.method === 'HEAD' ? undefined : asset.bytes)
    return true
  }
}

type Asset = { type: string; bytes: Buffer }

function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>()
  if (!fs.existsSync(folder)) return assets
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.br')) continue
    const name = file.slice(0, -'.br'.length).split(path.sep).join('/')
    const type = TYPES[path.extname(name)]
    if (type !== undefined) assets.set(PREFIX + name, { type, bytes: fs.readFileSync(path.join(folder, file)) })
  }
  return assets
}

function pathOf(target: string): string {
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}
