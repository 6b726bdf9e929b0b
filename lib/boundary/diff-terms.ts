import { CATEGORIES, type Boundary, type Limits, type Sandbox, SANDBOX_BOUNDS } from './boundary'
import type { Change, Direction } from './change'
import { isNoMore, LIMIT_KINDS, LIMITS, limitWords } from './limits'
import { boundWords } from './sandbox-bounds'

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)
const plain = { when: null, said: null, override: false } as const

/** Lowered limits are narrower, raised and dropped ones wider. On a first version (`null`) a limit is only told. */
export function limitChanges(before: Limits | null, after: Limits): Change[] {
  return LIMITS.flatMap((name): Change[] => {
    const had = before?.[name]
    const has = after[name]
    if (JSON.stringify(had) === JSON.stringify(has)) return []
    const direction: Direction =
      has === undefined ? 'wider' : had === undefined || isNoMore(has, had) ? 'narrower' : 'wider'
    const { words: what } = LIMIT_KINDS[name]
    const words = (value: NonNullable<typeof has>) => limitWords(name, value)
    const [was, is] = [had === undefined ? null : words(had), has === undefined ? null : words(has)]
    return [
      {
        ...plain,
        direction: before === null ? 'other' : direction,
        section: 'limits',
        subject: what,
        before: was,
        after: is,
        sentence:
          is === null
            ? [`${capital(what)}: `, { strong: 'no longer limited' }, `; the limit was ${was ?? 'nothing'}.`]
            : was === null
              ? [`${capital(what)}: limited to `, { strong: is }, '.']
              : [`${capital(what)}: the limit goes `, { strong: `from ${was} to ${is}` }, '.'],
      },
    ]
  })
}

const EGRESS = ['any', 'allowlist', 'none'] as const
const FILES = ['any', 'workspace', 'read_only'] as const
const OPEN: Sandbox = { isolated: false, credentials: 'any', egress: 'any', hosts: [], filesystem: 'any' }

/** What code runs in: stricter is narrower. No sandbox at all is the most open one. */
export function sandboxChanges(before: Sandbox | null, after: Sandbox | null): Change[] {
  const from = before ?? OPEN
  const to = after ?? OPEN
  const level = (list: readonly string[], value: string) => list.indexOf(value)
  return [
    step('isolation', Number(from.isolated), Number(to.isolated), yes(from.isolated), yes(to.isolated)),
    step(
      'credentials',
      Number(from.credentials === 'none'),
      Number(to.credentials === 'none'),
      from.credentials,
      to.credentials,
    ),
    step('network egress', level(EGRESS, from.egress), level(EGRESS, to.egress), from.egress, to.egress),
    step(
      'filesystem',
      level(FILES, from.filesystem),
      level(FILES, to.filesystem),
      words(from.filesystem),
      words(to.filesystem),
    ),
    hosts(from, to),
    // a limit less is narrower, and none at all is the most
    ...SANDBOX_BOUNDS.map((name) => {
      const [had, has] = [from[name], to[name]]
      return step(name, -(had ?? Infinity), -(has ?? Infinity), boundWords(name, had), boundWords(name, has))
    }),
  ].flatMap((change) => change ?? [])
}

function step(subject: string, from: number, to: number, before: string, after: string): Change | null {
  if (from === to) return null
  return {
    ...plain,
    direction: to > from ? 'narrower' : 'wider',
    section: 'sandbox',
    subject,
    before,
    after,
    sentence: [`Code it runs: ${subject === 'isolation' ? '' : `${subject} `}`, { strong: after }, `, was ${before}.`],
  }
}

function hosts(from: Sandbox, to: Sandbox): Change | null {
  if (from.egress !== 'allowlist' || to.egress !== 'allowlist') return null
  const added = to.hosts.filter((host) => !from.hosts.includes(host))
  const gone = from.hosts.filter((host) => !to.hosts.includes(host))
  if (added.length === 0 && gone.length === 0) return null
  // No host named means that any allow-list will do, which is more than any list.
  const wider = from.hosts.length > 0 && (added.length > 0 || to.hosts.length === 0)
  return {
    ...plain,
    direction: wider ? 'wider' : 'narrower',
    section: 'sandbox',
    subject: 'hosts',
    before: from.hosts.join(', ') || 'any allow-list',
    after: to.hosts.join(', ') || 'any allow-list',
    sentence: ['Code it runs may reach ', { strong: to.hosts.join(', ') || 'any allow-listed host' }, '.'],
  }
}

const yes = (value: boolean): string => (value ? 'isolated' : 'not isolated')
const words = (value: string): string => value.replace('_', '-')

/** How long it would be in force: longer is wider. Told only when the document says something else than before. */
export function termChange(
  before: Boundary | null,
  after: Boundary,
  terms: { before: number | null; after: number },
): Change[] {
  if (before === null || terms.before === null) return []
  if (JSON.stringify(before.expires) === JSON.stringify(after.expires)) return []
  return [
    {
      ...plain,
      direction: terms.after > terms.before ? 'wider' : terms.after < terms.before ? 'narrower' : 'other',
      section: 'expires',
      subject: 'term',
      before: `${terms.before} days`,
      after: `${terms.after} days`,
      sentence: ['It lapses ', { strong: `${terms.after} days` }, ` after the signature, was ${terms.before}.`],
    },
  ]
}

/** What changes no decision: who answers, what it is for, when people look again. */
export function otherChanges(before: Boundary, after: Boundary): Change[] {
  const accountable = CATEGORIES.flatMap((category): Change[] => {
    const [had, has] = [before.accountable[category], after.accountable[category]]
    if (had === has) return []
    return [
      {
        ...plain,
        direction: 'other',
        section: 'accountable',
        subject: category,
        before: had ?? 'the owner',
        after: has ?? 'the owner',
        sentence: [`Accountable for ${category}: `, { strong: has ?? 'the owner' }, `, was ${had ?? 'the owner'}.`],
      },
    ]
  })
  const say = (
    section: 'purpose' | 'kill_switch' | 'review_by',
    subject: string,
    value: (of: Boundary) => string | null,
  ): Change[] => {
    const [had, has] = [value(before), value(after)]
    if (had === has) return []
    return [
      {
        ...plain,
        direction: 'other',
        section,
        subject,
        before: had,
        after: has,
        sentence: [`${capital(subject)}: `, { strong: has ?? 'nothing' }, had === null ? '.' : `, was ${had}.`],
      },
    ]
  }
  return [
    ...accountable,
    ...say('purpose', 'purpose', ({ purpose }) => purpose),
    ...say('kill_switch', 'kill switch', ({ kill_switch: found }) =>
      found === null ? null : `${found.scope}, tested ${found.tested}`,
    ),
    ...say('review_by', 'review', ({ review_by: day }) => day),
  ]
}
