import { COMMAND_LISTS, type Baseline, type Boundary, type CommandList, type PathLists } from './boundary'
import type { Change, Direction } from './change'
import { parsePathPattern } from './paths/pattern'

const SURFACES = ['commands', 'code', 'data'] as const
type SurfaceName = (typeof SURFACES)[number]

const NONE: PathLists = { workspace: null, autonomous: [], approval_required: [], never: [] }
const WORD: Record<CommandList, string> = {
  autonomous: 'Autonomous',
  approval_required: 'Needs approval',
  never: 'Never',
}
const base = { when: null, said: null, override: false } as const

type Words = {
  begins: string
  ends: string
  does: (entry: string) => string
  workspace: string
}
const WORDS: Record<SurfaceName, Words> = {
  commands: {
    begins: 'Shells are judged command by command',
    ends: 'Shells are no longer judged command by command',
    does: (entry) => `run “${entry}”`,
    workspace: 'Commands count',
  },
  code: {
    begins: 'Changes are judged file by file',
    ends: 'Changes are no longer judged file by file',
    does: (entry) => `change ${entry}`,
    workspace: 'Changed files count',
  },
  data: {
    begins: 'What is read is judged file by file, and by resource',
    ends: 'What is read is no longer judged by file and resource',
    does: (entry) => (entry === 'secrets' ? 'read files that hold secrets' : `reach ${entry}`),
    workspace: 'Files that are read count',
  },
}

/**
 * What changes about surfaces (C14, C17). One entry more under `autonomous` is wider, one more under the others narrower, and the
 * reverse. To begin to list, or to stop, changes what is asked altogether, and counts as wider; so does another workspace.
 */
export function surfaceChanges(before: Pick<Boundary, 'surfaces'>, after: Pick<Boundary, 'surfaces'>): Change[] {
  return SURFACES.flatMap((name): Change[] => {
    const had = before.surfaces?.[name] ?? null
    const has = after.surfaces?.[name] ?? null
    if (had === null && has === null) return []
    const [from, to] = [had ?? NONE, has ?? NONE]
    return [
      ...(decides(name, had) === decides(name, has) && (had === null) === (has === null)
        ? []
        : [surface(name, has !== null)]),
      ...COMMAND_LISTS.flatMap((list) => [
        ...to[list].filter((entry) => !from[list].includes(entry)).map((entry) => one(name, list, entry, true, to)),
        ...from[list].filter((entry) => !to[list].includes(entry)).map((entry) => one(name, list, entry, false, to)),
      ]),
      ...workspace(name, from.workspace, to.workspace, to.never.length + to.approval_required.length > 0),
    ]
  })
}

/** The same of a baseline, whose lists decide nothing: to begin to list is no change by itself, and each entry only forbids or asks. */
export function floorSurfaceChanges(before: Pick<Baseline, 'surfaces'>, after: Pick<Baseline, 'surfaces'>): Change[] {
  return surfaceChanges(before, after).filter(({ subject, before: had, after: has }) => {
    const begins = (SURFACES as readonly string[]).includes(subject) && (had === 'Listed' || has === 'Listed')
    return !begins
  })
}

/** Whether lists decide about files or commands, rather than only restrict resources. */
function decides(name: SurfaceName, lists: PathLists | null): boolean {
  if (lists === null) return false
  return name !== 'data' || COMMAND_LISTS.some((list) => lists[list].some((entry) => typeOf(entry) === null))
}

function typeOf(entry: string): string | null {
  const parsed = parsePathPattern(entry)
  return 'pattern' in parsed ? (parsed.pattern.type?.toLowerCase() ?? null) : null
}

function surface(name: SurfaceName, begins: boolean): Change {
  const words = WORDS[name]
  return {
    ...base,
    direction: 'wider',
    section: `surfaces.${name}`,
    subject: name,
    before: begins ? null : 'Listed',
    after: begins ? 'Listed' : null,
    sentence: begins
      ? [{ strong: words.begins }, ': what is not listed asks a person.']
      : [{ strong: words.ends }, '.'],
  }
}

function one(name: SurfaceName, list: CommandList, entry: string, added: boolean, to: PathLists): Change {
  return {
    ...base,
    direction: directionOf(name, list, entry, added, to),
    section: `surfaces.${name}.${list}`,
    subject: entry,
    before: added ? null : WORD[list],
    after: added ? WORD[list] : null,
    sentence: SENTENCES[list](WORDS[name].does(entry), entry, added),
  }
}

/**
 * A resource under `autonomous` is no grant: it is one of the few of its type that nobody is asked about. So the last of a type
 * taken away frees all the others, which is wider.
 */
function directionOf(name: SurfaceName, list: CommandList, entry: string, added: boolean, to: PathLists): Direction {
  if (list !== 'autonomous') return added ? 'narrower' : 'wider'
  if (added) return 'wider'
  const type = name === 'data' ? typeOf(entry) : null
  return type === null || to.autonomous.some((other) => typeOf(other) === type) ? 'narrower' : 'wider'
}

const SENTENCES: Record<CommandList, (does: string, entry: string, added: boolean) => Change['sentence']> = {
  autonomous: (does, _, added) => ['It may ', { strong: `${added ? '' : 'no longer '}${does} by itself` }, '.'],
  approval_required: (_, entry, added) => [
    { strong: `“${entry}” ${added ? '' : 'no longer '}asks a person` },
    ' because it is listed.',
  ],
  never: (does, entry, added) => [
    { strong: `“${entry}” ${added ? 'becomes' : 'is no longer'} never` },
    added ? `: it may not ${does}.` : '.',
  ],
}

function workspace(name: SurfaceName, from: string | null, to: string | null, restricts: boolean): Change[] {
  if (from === to) return []
  return [
    {
      ...base,
      // Without one, absolute paths lie outside: no command is covered by them. What is never or asks may then miss them, too.
      direction: to === null && name === 'commands' && !restricts ? 'narrower' : 'wider',
      section: `surfaces.${name}`,
      subject: 'workspace',
      before: from,
      after: to,
      sentence: [`${WORDS[name].workspace} `, { strong: to ?? 'no absolute path' }, ' as their workspace.'],
    },
  ]
}
