/**
 * What a tool's name says in words, for the sentence a page begins with: `edr.isolate_host` is "isolate a host". Only the
 * name is read (it fits `LIMITS` of the contract: ASCII letters, digits and a few signs), never what an agent put in the
 * arguments; a name that does not read as an act is named as it is.
 */
export type Phrase = { words: string; named: boolean }

const ACTS = new Set(
  (
    'accept acknowledge add allow append apply archive assign attach block book buy call cancel change charge check close ' +
    'comment commit configure connect copy create deactivate delete deny deploy detach disable download drain draft drop ' +
    'edit email enable enrich erase escalate execute export fetch find flag forward generate get grant hide import install ' +
    'invite invoke issue isolate kill list lock lookup mark merge message modify move mute notify open order patch pause pay ' +
    'post print provision publish purge push quarantine query read reboot refund reject release remove rename replace reply ' +
    'report request reserve reset resolve restart restore resume retire revert revoke rollback rotate route run scale ' +
    'schedule search send set share start stop submit subscribe suspend sync tag terminate transfer trigger unblock uninstall ' +
    'unlock unsubscribe update upload upgrade verify wipe withdraw write'
  ).split(' '),
)
const UNCOUNTED = new Set(
  'access code data email information mail money news permission production stock traffic'.split(' '),
)
const SHELLS = new Set(['bash', 'exec', 'powershell', 'shell', 'sh', 'terminal'])

/** The words for a tool. `named` says that they are a sentence; otherwise they are the name itself, to be set in mono. */
export function phraseOf(tool: string): Phrase {
  const name = tool.slice(tool.indexOf('.') + 1)
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const [first, ...rest] = words
  const last = words.at(-1)
  if (first === undefined || last === undefined || words.length > 5) return { words: tool, named: false }
  if (words.length === 1 && SHELLS.has(first)) return { words: 'run a command', named: true }
  if (words.length > 1 && last === 'request') return act('request', words.slice(0, -1))
  if (ACTS.has(first)) return act(first, rest)
  if (ACTS.has(last)) return act(last, words.slice(0, -1))
  return { words: tool, named: false }
}

function act(verb: string, object: readonly string[]): Phrase {
  const last = object.at(-1)
  if (last === undefined) return { words: verb, named: true }
  const counted = !UNCOUNTED.has(last) && (!last.endsWith('s') || last.endsWith('ss')) && /^[a-z]+$/.test(last)
  const article = /^(?:[aeio]|u(?!s|ni))/.test(object[0] ?? '') ? 'an ' : 'a '
  return { words: `${verb} ${counted ? article : ''}${object.join(' ')}`, named: true }
}

/** What approving leads to beyond the act itself, from the class a person confirmed; nobody's guess when nobody did. */
export function effectsOf(
  tool: {
    access: 'read' | 'write'
    reversible: boolean
    audience: 'internal' | 'customer' | 'external'
    production: boolean
    spends: boolean
  } | null,
): readonly string[] {
  if (tool === null) return ['Nobody has said yet what this tool does, so nothing can be promised about its effect.']
  const effects = [
    tool.production && 'It touches production.',
    tool.spends && 'It spends money.',
    tool.audience === 'customer' && 'A customer sees it.',
    tool.audience === 'external' && 'It reaches outside the organisation.',
    tool.access === 'write' && !tool.reversible && 'It can’t be undone.',
    tool.access === 'write' && tool.reversible && 'It can be undone.',
    tool.access === 'read' && 'It reads, and changes nothing.',
  ]
  return effects.filter((effect) => effect !== false)
}
