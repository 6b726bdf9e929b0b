import { existsSync } from 'node:fs'
import { changesBetween, readPolicy } from './policy/document'
import {
  hashOf,
  type PolicyFile,
  readFolder,
  readStanding,
  type Standing,
  writeBoundary,
  writeStanding,
} from './policy/folder'
import { PolicyServer } from './policy/server'
import { meaningJson, meaningText, textDiff } from './policy/words'
import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'

export const summary = 'keeps boundaries as files: pull them, push drafts, say what differs'

const USAGE = `Usage: npx countersign boundary pull FOLDER --server URL [--force]
       npx countersign boundary push FOLDER [--note TEXT]
       npx countersign boundary diff FOLDER [--json]

pull writes NAME.yaml for every boundary in force and NAME.draft.yaml for every open draft (the organisation's is baseline.yaml), and
.countersign.json beside them, which says what they were pulled from. It overwrites no file that was changed here, unless forced.
push makes every changed file a draft on the server, or the next text of one's own draft. It signs nothing. Where the server has
another text by now than the one pulled, nothing is overwritten.
diff says by meaning what the files would change against what is in force on the server now.

COUNTERSIGN_TOKEN holds an API token of yours; for push, one that was made for drafting (/settings/tokens).
Exit: pull and push 0 done, 2 not; diff 0 nothing differs, 1 something does, 2 could not be compared.
`

const OPTIONS = {
  server: { type: 'string' },
  note: { type: 'string', default: '' },
  force: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Environment = Readonly<Record<string, string | undefined>>

/** `npx countersign boundary …`: answers the exit code. What is wrong is a sentence, never a stack. */
export async function run(
  args: string[],
  terminal: Terminal = ownTerminal(),
  env: Environment = process.env,
): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, OPTIONS)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    const [verb, folder, ...rest] = positionals
    if (folder === undefined || rest.length > 0)
      throw new Trouble(`Say pull, push or diff, and a folder.\n\n${USAGE}`, 2)
    switch (verb) {
      case 'pull':
        return await pull(folder, serverOf(values.server, env), values.force, terminal)
      case 'push':
        return await push(folder, values.note, values.server, env, terminal)
      case 'diff':
        return await diff(folder, values.server, env, values.json, terminal)
      default:
        throw new Trouble(`Say pull, push or diff, and a folder.\n\n${USAGE}`, 2)
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n`)
    return 2
  }
}

async function pull(folder: string, server: PolicyServer, force: boolean, { out }: Terminal): Promise<number> {
  const known: Standing = existsSync(folder)
    ? standingOrNone(folder, server.url)
    : { server: server.url, boundaries: {} }
  const mine = existsSync(folder) ? readFolder(folder, known).filter(({ changed }) => changed) : []
  if (mine.length > 0 && !force)
    throw new Trouble(
      `${mine.map(({ file }) => file).join(', ')}: changed here. Push, put back, or pull with --force.`,
      2,
    )
  const found = await server.all()
  const boundaries = Object.fromEntries(found.map((each) => [each.slug, writeBoundary(folder, each)]))
  for (const slug of Object.keys(known.boundaries))
    if (!(slug in boundaries)) writeBoundary(folder, { slug, in_force: null, draft: null })
  writeStanding(folder, { server: server.url, boundaries })
  for (const { slug, in_force: signed, draft } of found)
    out(
      `${slug}: ${[signed && `version ${String(signed.version)} in force`, draft && `version ${String(draft.version)} drafted by ${draft.drafter}`].filter(Boolean).join(', ')}\n`,
    )
  return 0
}

async function push(
  folder: string,
  note: string,
  url: string | undefined,
  env: Environment,
  { out }: Terminal,
): Promise<number> {
  const known = readStanding(folder, url ?? null)
  const server = serverOf(known.server, env)
  const changed = readFolder(folder, known).filter((file) => file.changed)
  const twice = changed.find((one) => changed.some((other) => other !== one && other.slug === one.slug))
  if (twice) throw new Trouble(`${twice.slug}: both its text and its draft were changed. Keep one of the changes.`, 2)
  // every text is read before the first is sent: one that is wrong stops them all
  for (const { file, slug, source } of changed) readPolicy(source, file, slug === 'baseline' ? undefined : slug)
  if (changed.length === 0) out('Nothing was changed here since the last pull.\n')
  for (const one of changed) {
    const of = known.boundaries[one.slug] ?? { in_force: null, draft: null, files: {} }
    const { version, digest } = await server.draft(
      one.slug,
      one.source,
      note,
      (of.draft ?? of.in_force)?.digest ?? 'none',
    )
    known.boundaries[one.slug] = {
      ...of,
      draft: { version, digest },
      files: { ...of.files, [one.file]: hashOf(one.source) },
    }
    writeStanding(folder, known)
    out(
      `${one.slug}: version ${String(version)} is drafted, and waits for a ciso’s signature: ${server.url}/boundaries/${one.slug}/${String(version)}\n`,
    )
  }
  return 0
}

async function diff(
  folder: string,
  url: string | undefined,
  env: Environment,
  json: boolean,
  { out }: Terminal,
): Promise<number> {
  const known = readStanding(folder, url ?? null)
  const server = serverOf(known.server, env)
  const told: object[] = []
  for (const one of proposals(readFolder(folder, known))) {
    const { in_force: signed } = known.boundaries[one.slug] ? await server.one(one.slug) : { in_force: null }
    if (signed?.source === one.source) continue
    const before = signed && readPolicy(signed.source, `${one.slug}, version ${String(signed.version)}`)
    const after = readPolicy(one.source, one.file, one.slug === 'baseline' ? undefined : one.slug)
    const changes = changesBetween(before, after, [], Date.now())
    told.push({ slug: one.slug, file: one.file, against: signed?.version ?? null, changes: meaningJson(changes) })
    if (!json)
      out(
        `${one.file}, against ${signed ? `version ${String(signed.version)} in force` : 'nothing in force'}\n${meaningText(changes)}\n${textDiff(signed?.source ?? '', one.source)}\n`,
      )
  }
  if (json) out(`${JSON.stringify(told)}\n`)
  else if (told.length === 0) out('The files are what is in force.\n')
  return told.length === 0 ? 0 : 1
}

/** The text of each that would be signed: its draft where there is one. */
function proposals(files: readonly PolicyFile[]): PolicyFile[] {
  return files.filter(({ slug, draft }) => draft || !files.some((other) => other.slug === slug && other.draft))
}

function standingOrNone(folder: string, server: string): Standing {
  try {
    return readStanding(folder, server)
  } catch (error) {
    if (error instanceof Trouble && error.message.includes('never pulled')) return { server, boundaries: {} }
    throw error
  }
}

function serverOf(url: string | undefined, env: Environment): PolicyServer {
  if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Trouble('Say which server: --server http://localhost:3000', 2)
  const token = env.COUNTERSIGN_TOKEN
  if (token === undefined || token === '')
    throw new Trouble('COUNTERSIGN_TOKEN holds an API token of yours: make one under /settings/tokens.', 2)
  return new PolicyServer(url.replace(/\/$/, ''), token)
}
