import { ACCESSES, type Access } from '@/lib/tools/tool'
import type { AutonomousRule, Boundary, Rule } from './boundary'
import type { Change } from './change'

const GRANTED: Record<Access, (server: string) => Change['sentence']> = {
  read: (server) => ['It may ', { strong: `read at ${server}` }, ' by itself: whatever is classed as a read there.'],
  write: (server) => ['It may ', { strong: `write at ${server}` }, ' by itself: what can be undone and stays inside.'],
}
const TAKEN: Record<Access, (server: string) => Change['sentence']> = {
  read: (server) => ['It may ', { strong: `no longer read at ${server}` }, '.'],
  write: (server) => ['It may ', { strong: `no longer write at ${server}` }, '.'],
}

/** A scope more is wider, a scope less is narrower. */
export function scopeChanges(before: Boundary, after: Boundary): Change[] {
  const servers = [...new Set([...Object.keys(after.mcp_scopes), ...Object.keys(before.mcp_scopes)])]
  return servers.flatMap((server) =>
    ACCESSES.flatMap((access): Change[] => {
      const had = before.mcp_scopes[server]?.includes(access) ?? false
      const has = after.mcp_scopes[server]?.includes(access) ?? false
      if (had === has) return []
      const word = access === 'read' ? 'Read' : 'Write'
      return [
        {
          direction: has ? 'wider' : 'narrower',
          section: 'mcp_scopes',
          subject: server,
          when: null,
          before: had ? word : null,
          after: has ? word : null,
          sentence: has ? GRANTED[access](server) : TAKEN[access](server),
          said: null,
          override: false,
        },
      ]
    }),
  )
}

/**
 * An entry more is wider, an entry less is narrower. On the same tool, a condition taken away or altered is wider, one
 * added to an unconditional entry narrower; an override given is wider, one withdrawn narrower.
 */
export function autonomousChanges(before: Boundary, after: Boundary): Change[] {
  const left = [...before.autonomous]
  const fresh: AutonomousRule[] = []
  const changes: Change[] = []
  for (const rule of after.autonomous) {
    const at = left.findIndex((old) => old.tool === rule.tool && old.when === rule.when)
    if (at < 0) fresh.push(rule)
    else changes.push(...sameTerms(left.splice(at, 1)[0] ?? rule, rule))
  }
  for (const rule of fresh) {
    // What is left of the same tool was rewritten rather than removed.
    const at = left.findIndex((old) => old.tool === rule.tool)
    const old = at < 0 ? null : (left.splice(at, 1)[0] ?? null)
    changes.push(old === null ? added(rule) : rewritten(old, rule))
  }
  return [...changes, ...left.map(removed)].map((change) => unmasked(change, before, after))
}

/**
 * The strictest match wins (DESIGN §4): beside an unconditional *never* or *needs approval* on the same tool, an autonomous
 * entry has no effect, and neither has adding or removing it. Said so, because its drafter may have meant otherwise.
 */
function unmasked(change: Change, before: Boundary, after: Boundary): Change {
  const had = change.before === null || isStopped(before, change.subject)
  const has = change.after === null || isStopped(after, change.subject)
  if (!had || !has) return change
  const by = isNever(change.after === null ? before : after, change.subject) ? 'it is never' : 'it asks a person'
  return {
    ...change,
    direction: 'other',
    override: false,
    sentence: [
      'Naming ',
      { strong: change.subject },
      ` under autonomous ${change.after === null ? 'had' : 'has'} `,
      { strong: 'no effect' },
      `: another entry says that ${by}, and the strictest wins.`,
    ],
  }
}

function isStopped(boundary: Boundary, tool: string): boolean {
  return isNever(boundary, tool) || names(boundary.approval_required, tool)
}

const isNever = (boundary: Boundary, tool: string): boolean => names(boundary.never, tool)

/** Whether some rules name a tool without a condition, in full or by its bare name. */
function names(rules: readonly Rule[], tool: string): boolean {
  const bare = tool.slice(tool.indexOf('.') + 1)
  // "b.c" is tool c of server b, never tool "b.c" of another server.
  return rules.some((rule) => rule.when === null && (rule.tool === tool || (!bare.includes('.') && rule.tool === bare)))
}

const saidOf = (rule: AutonomousRule) => rule.override ?? rule.reason
const wordsOf = (rule: AutonomousRule) => (rule.override === null ? 'Autonomous' : 'Autonomous, with an override')
const base = (rule: AutonomousRule) => ({
  section: 'autonomous',
  subject: rule.tool,
  when: rule.when,
  said: saidOf(rule),
  override: rule.override !== null,
})

function added(rule: AutonomousRule): Change {
  const although = rule.override === null ? '' : ', although its class calls for a person'
  return {
    ...base(rule),
    direction: 'wider',
    before: null,
    after: wordsOf(rule),
    sentence: ['It may ', { strong: `call ${rule.tool} by itself` }, `${under(rule)}${although}.`],
  }
}

function removed(rule: AutonomousRule): Change {
  return {
    ...base(rule),
    said: null,
    override: false,
    direction: 'narrower',
    before: wordsOf(rule),
    after: null,
    sentence: ['It may ', { strong: `no longer call ${rule.tool} by itself` }, `${under(rule)}.`],
  }
}

function rewritten(old: AutonomousRule, rule: AutonomousRule): Change {
  const tighter = old.when === null && rule.when !== null && (rule.override === null || rule.override === old.override)
  return {
    ...base(rule),
    direction: tighter ? 'narrower' : 'wider',
    before: `${wordsOf(old)}${under(old)}`,
    after: `${wordsOf(rule)}${under(rule)}`,
    sentence: tighter
      ? ['It may call ', rule.tool, ' by itself ', { strong: 'only under a condition' }, '.']
      : [
          'It may call ',
          rule.tool,
          ' by itself ',
          { strong: rule.when === null ? 'always' : 'under another condition' },
          '.',
        ],
  }
}

function sameTerms(old: AutonomousRule, rule: AutonomousRule): Change[] {
  if (old.override === rule.override) return []
  const given = rule.override !== null && old.override === null
  const withdrawn = rule.override === null
  return [
    {
      ...base(rule),
      direction: given ? 'wider' : withdrawn ? 'narrower' : 'other',
      before: wordsOf(old),
      after: wordsOf(rule),
      sentence: given
        ? ['It may ', { strong: `call ${rule.tool} by itself although its class calls for a person` }, '.']
        : withdrawn
          ? [{ strong: rule.tool }, ' asks a person again where its class calls for one.']
          : ['The override of ', rule.tool, ' gives another reason.'],
    },
  ]
}

const under = ({ when }: AutonomousRule): string => (when === null ? '' : ', under a condition')
