import { COMMAND_LISTS, type Boundary, type Commands, type CommandList } from './boundary'
import type { Change, Direction } from './change'

const NONE: Commands = { workspace: null, autonomous: [], approval_required: [], never: [] }
const WORD: Record<CommandList, string> = {
  autonomous: 'Autonomous',
  approval_required: 'Needs approval',
  never: 'Never',
}
const base = { when: null, said: null, override: false } as const

/**
 * What changes about commands (C17). One more under `autonomous` is wider, one more under the others narrower, and the reverse.
 * To begin to list commands, or to stop, changes what is asked of a shell altogether, and counts as wider; so does another
 * workspace, except where one is taken away.
 */
export function commandChanges(before: Boundary, after: Boundary): Change[] {
  const had = before.surfaces?.commands ?? null
  const has = after.surfaces?.commands ?? null
  if (had === null && has === null) return []
  const [from, to] = [had ?? NONE, has ?? NONE]
  return [
    ...(had !== null && has !== null ? [] : [surface(has !== null)]),
    ...COMMAND_LISTS.flatMap((list) => [
      ...to[list].filter((entry) => !from[list].includes(entry)).map((entry) => one(list, entry, true)),
      ...from[list].filter((entry) => !to[list].includes(entry)).map((entry) => one(list, entry, false)),
    ]),
    ...workspace(from.workspace, to.workspace),
  ]
}

function surface(begins: boolean): Change {
  return {
    ...base,
    direction: 'wider',
    section: 'surfaces.commands',
    subject: 'commands',
    before: begins ? null : 'Listed',
    after: begins ? 'Listed' : null,
    sentence: begins
      ? ['Shells are judged ', { strong: 'command by command' }, ': what is not listed asks a person.']
      : ['Shells are ', { strong: 'no longer judged command by command' }, '.'],
  }
}

function one(list: CommandList, entry: string, added: boolean): Change {
  const direction: Direction = added === (list === 'autonomous') ? 'wider' : 'narrower'
  return {
    ...base,
    direction,
    section: `surfaces.commands.${list}`,
    subject: entry,
    before: added ? null : WORD[list],
    after: added ? WORD[list] : null,
    sentence: SENTENCES[list](entry, added),
  }
}

const SENTENCES: Record<CommandList, (entry: string, added: boolean) => Change['sentence']> = {
  autonomous: (entry, added) => ['It may ', { strong: `${added ? '' : 'no longer '}run “${entry}” by itself` }, '.'],
  approval_required: (entry, added) => [
    { strong: `“${entry}” ${added ? '' : 'no longer '}asks a person` },
    ' because it is listed.',
  ],
  never: (entry, added) => [{ strong: `“${entry}” ${added ? 'becomes' : 'is no longer'} never` }, '.'],
}

function workspace(from: string | null, to: string | null): Change[] {
  if (from === to) return []
  return [
    {
      ...base,
      direction: to === null ? 'narrower' : 'wider',
      section: 'surfaces.commands',
      subject: 'workspace',
      before: from,
      after: to,
      sentence: ['Commands count ', { strong: to ?? 'no absolute path' }, ' as their workspace.'],
    },
  ]
}
