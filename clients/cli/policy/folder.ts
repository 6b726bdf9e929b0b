import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { EXITS } from '../shared/exits'
import { Trouble } from '../shared/trouble'
import type { ServerBoundary, ServerText } from './server'

/** Where a folder stands against its server: what was pulled, by digest, and the texts as they were then. */
const standing = z.strictObject({
  server: z.string(),
  boundaries: z.record(
    z.string(),
    z.strictObject({
      in_force: z.strictObject({ version: z.number(), digest: z.string() }).nullable(),
      draft: z.strictObject({ version: z.number(), digest: z.string() }).nullable(),
      files: z.record(z.string(), z.string()),
    }),
  ),
})
export type Standing = z.infer<typeof standing>

/** Kept beside the texts, and meant to be committed with them. */
const LOCK = '.countersign.json'
const NAME = /^([a-z][a-z0-9-]{1,62})(\.draft)?\.yaml$/

/** A file of the folder: whose it is, and whether it is the draft of it. */
export type PolicyFile = { file: string; slug: string; draft: boolean; source: string; changed: boolean }

export const hashOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
export const fileOf = (slug: string, draft: boolean): string => `${slug}${draft ? '.draft' : ''}.yaml`

/** What the last pull or push left. @throws Trouble where there was none, or it is of another server */
export function readStanding(folder: string, server: string | null): Standing {
  let text: string
  try {
    text = readFileSync(path.join(folder, LOCK), 'utf8')
  } catch {
    throw new Trouble(`${folder} was never pulled into: there is no ${LOCK} in it. Pull first.`, EXITS.unusable)
  }
  const read = standing.safeParse(parsed(text))
  if (!read.success) throw new Trouble(`${path.join(folder, LOCK)} cannot be read. Pull again.`, EXITS.unusable)
  if (server !== null && read.data.server !== server)
    throw new Trouble(`${folder} was pulled from ${read.data.server}, not from ${server}.`, EXITS.unusable)
  return read.data
}

export function writeStanding(folder: string, said: Standing): void {
  const sorted = Object.fromEntries(Object.entries(said.boundaries).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  writeWhole(folder, LOCK, `${JSON.stringify({ ...said, boundaries: sorted }, null, 2)}\n`)
}

/** The texts in a folder, and which of them differ from what was pulled. */
export function readFolder(folder: string, known: Standing): PolicyFile[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((file) => {
      const [, slug, draft] = NAME.exec(file) ?? []
      if (slug === undefined) return []
      const source = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n')
      const changed = known.boundaries[slug]?.files[file] !== hashOf(source)
      return [{ file, slug, draft: draft !== undefined, source, changed }]
    })
}

/** Writes what the server has of one; answers the names written, and removes the draft of it where there is none any more. */
export function writeBoundary(
  folder: string,
  { slug, in_force: signed, draft }: ServerBoundary,
): Standing['boundaries'][string] {
  mkdirSync(folder, { recursive: true })
  const files: Record<string, string> = {}
  const write = (text: ServerText | null, isDraft: boolean) => {
    const file = fileOf(slug, isDraft)
    if (text === null) {
      rmSync(path.join(folder, file), { force: true })
      return
    }
    writeWhole(folder, file, text.source)
    files[file] = hashOf(text.source)
  }
  write(signed, false)
  write(draft, true)
  const named = (text: ServerText | null) => text && { version: text.version, digest: text.digest }
  return { in_force: named(signed), draft: named(draft), files }
}

function writeWhole(folder: string, file: string, text: string): void {
  const temporary = path.join(folder, `.${file}.new`)
  writeFileSync(temporary, text)
  renameSync(temporary, path.join(folder, file))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
