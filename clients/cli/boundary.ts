import { existsSync, mkdirSync } from 'node:fs'
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
import { checkFiles } from './policy/check'
import { PolicyServer, type ServerText } from './policy/server'
import { meaningJson, meaningText, textDiff } from './policy/words'
import { command, type Environment, type Outcome } from './shared/command'
import { readCatalogue } from './shared/catalogue'
import { EXITS } from './shared/exits'
import { readLogins } from './shared/logins'
import { LOGGED_IN_AT, refuseOpenRoad, SERVER } from './shared/options'
import { originOf, personToken } from './shared/session'
import { Trouble } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const FOLDER = { name: 'FOLDER', says: 'where the texts are', offers: 'folder' } as const
const TOKEN =
  'It asks as whoever logged in (countersign login), or by an API token of yours in COUNTERSIGN_TOKEN (/settings/tokens)'
const REFUSED = {
  no: 'the server refused it, and why',
  signed_out: 'no token, or one that is not good any more',
  unreachable: 'the server does not answer',
}

const pullCommand = command({
  words: 'pull',
  summary: 'writes what is in force and what is drafted into a folder',
  places: [FOLDER],
  options: {
    server: LOGGED_IN_AT,
    force: { type: 'boolean', default: false, says: 'overwrites files that were changed here' },
  },
  about: `Writes NAME.yaml for every boundary in force and NAME.draft.yaml for every open draft (the organisation's is baseline.yaml), and
.countersign.json beside them, which says what they were pulled from.\n\n${TOKEN}.`,
  examples: ['npx countersign boundary pull policies --server http://localhost:3000'],
  exits: REFUSED,
  run: ({ values, positionals: [folder = ''] }, { env }) =>
    pull(folder, policyServer(originOf(values.server, env, Object.keys(readLogins(env))), env), values.force),
})

const pushCommand = command({
  words: 'push',
  summary: 'makes every changed file a draft on the server; it signs nothing',
  places: [FOLDER],
  options: {
    server: SERVER,
    note: { type: 'string', value: 'TEXT', default: '', says: 'why, for whoever signs' },
  },
  about: `A changed file becomes a draft, or the next text of one's own draft. Every text is read before the first is sent: one that is wrong stops them
all. Where the server has another text by now than the one pulled, nothing is overwritten.\n\n${TOKEN}, made for drafting.`,
  examples: ['npx countersign boundary push policies --note "The new desk asks for notes"'],
  exits: { ...REFUSED, no: 'refused, or drafted over by somebody since; what was pushed before it stays' },
  run: ({ values, positionals: [folder = ''] }, { env }) => push(folder, values.note, values.server, env),
})

const checkCommand = command({
  words: 'check',
  summary: 'says everything that is wrong with texts, by line and column, without a server',
  places: [{ name: 'FILE', says: 'boundaries and baselines', offers: 'file', many: true }],
  options: {
    catalogue: {
      type: 'string',
      value: 'FILE',
      offers: 'file',
      says: 'tools with their classes: names and conditions are held against it',
    },
  },
  about: 'JSON: {"files": [{"file", "kind", "errors": [{"line", "column", "path", "message"}]}]}.',
  examples: ['npx countersign boundary check policies/*.yaml'],
  exits: { done: 'every text can be drafted', no: 'something is wrong with one' },
  run: async ({ values, positionals }) => checkFiles(positionals, await readCatalogue(values.catalogue)),
})

const diffCommand = command({
  words: 'diff',
  summary: 'says by meaning what the files would change against what is in force now',
  places: [FOLDER],
  options: { server: SERVER },
  about: TOKEN,
  examples: ['npx countersign boundary diff policies', 'npx countersign boundary diff policies --json'],
  exits: { ...REFUSED, done: 'the files are what is in force', no: 'they are not' },
  run: ({ values, positionals: [folder = ''] }, { env }) => diff(folder, values.server, env),
})

export const verb: Verb = {
  name: 'boundary',
  summary: 'keeps boundaries as files: pull them, check them, push drafts, say what differs',
  commands: [pullCommand, checkCommand, diffCommand, pushCommand],
}
/** `npx countersign boundary …` */
export const run = runVerb(verb)

async function pull(folder: string, server: PolicyServer, force: boolean): Promise<Outcome> {
  const known: Standing = existsSync(folder)
    ? standingOrNone(folder, server.url)
    : { server: server.url, boundaries: {} }
  const mine = existsSync(folder) ? readFolder(folder, known).filter(({ changed }) => changed) : []
  if (mine.length > 0 && !force)
    throw new Trouble(
      `${mine.map(({ file }) => file).join(', ')}: changed here. Push, put back, or pull with --force.`,
      EXITS.unusable,
    )
  const found = await server.all()
  const boundaries = Object.fromEntries(found.map((each) => [each.slug, writeBoundary(folder, each)]))
  for (const slug of Object.keys(known.boundaries))
    if (!(slug in boundaries)) writeBoundary(folder, { slug, in_force: null, draft: null })
  mkdirSync(folder, { recursive: true })
  writeStanding(folder, { server: server.url, boundaries })
  const named = (text: ServerText | null) => text && { version: text.version, digest: text.digest }
  return {
    exit: EXITS.done,
    result: {
      boundaries: found.map(({ slug, in_force: signed, draft }) => ({
        slug,
        in_force: named(signed),
        draft: named(draft),
      })),
    },
    text: found
      .map(
        ({ slug, in_force: signed, draft }) =>
          `${slug}: ${[signed && `version ${String(signed.version)} in force`, draft && `version ${String(draft.version)} drafted by ${draft.drafter}`].filter(Boolean).join(', ')}\n`,
      )
      .join(''),
  }
}

async function push(folder: string, note: string, url: string | undefined, env: Environment): Promise<Outcome> {
  const known = readStanding(folder, url ?? null)
  const server = policyServer(known.server, env)
  const changed = readFolder(folder, known).filter((file) => file.changed)
  const twice = changed.find((one) => changed.some((other) => other !== one && other.slug === one.slug))
  if (twice)
    throw new Trouble(
      `${twice.slug}: both its text and its draft were changed. Keep one of the changes.`,
      EXITS.unusable,
    )
  // every text is read before the first is sent: one that is wrong stops them all
  for (const { file, slug, source } of changed) readPolicy(source, file, slug === 'baseline' ? undefined : slug)
  const drafted: { slug: string; version: number; digest: string; url: string }[] = []
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
    drafted.push({ slug: one.slug, version, digest, url: `${server.url}/boundaries/${one.slug}/${String(version)}` })
  }
  const lines = drafted.map(
    ({ slug, version, url: page }) =>
      `${slug}: version ${String(version)} is drafted, and waits for a ciso’s signature: ${page}\n`,
  )
  return {
    exit: EXITS.done,
    result: { drafted },
    text: lines.length === 0 ? 'Nothing was changed here since the last pull.\n' : lines.join(''),
  }
}

async function diff(folder: string, url: string | undefined, env: Environment): Promise<Outcome> {
  const known = readStanding(folder, url ?? null)
  const server = policyServer(known.server, env)
  const told: object[] = []
  const texts: string[] = []
  for (const one of proposals(readFolder(folder, known))) {
    const { in_force: signed } = known.boundaries[one.slug] ? await server.one(one.slug) : { in_force: null }
    if (signed?.source === one.source) continue
    const before = signed && readPolicy(signed.source, `${one.slug}, version ${String(signed.version)}`)
    const after = readPolicy(one.source, one.file, one.slug === 'baseline' ? undefined : one.slug)
    const changes = changesBetween(before, after, [], Date.now())
    told.push({ slug: one.slug, file: one.file, against: signed?.version ?? null, changes: meaningJson(changes) })
    texts.push(
      `${one.file}, against ${signed ? `version ${String(signed.version)} in force` : 'nothing in force'}\n${meaningText(changes)}\n${textDiff(signed?.source ?? '', one.source)}\n`,
    )
  }
  return {
    exit: told.length === 0 ? EXITS.done : EXITS.no,
    result: { boundaries: told },
    text: told.length === 0 ? 'The files are what is in force.\n' : texts.join(''),
  }
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

function policyServer(url: string, env: Environment): PolicyServer {
  refuseOpenRoad(url, env)
  const token = personToken(new URL(url).origin, env)
  if (token === undefined)
    throw new Trouble(
      `You are not logged in at ${url}: run  npx countersign login --server ${url}  or set COUNTERSIGN_TOKEN to an API token of yours (/settings/tokens).`,
      EXITS.signed_out,
    )
  return new PolicyServer(url, token)
}
