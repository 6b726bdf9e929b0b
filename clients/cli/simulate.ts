import { resolveTool } from '@/lib/tools/tool'
import { proposeBoundary, type Use } from '@/lib/trials/propose'
import type { TraceCall } from '@/lib/trials/trace'
import { readPolicy } from './policy/document'
import { readCatalogue } from './shared/catalogue'
import { readBytes, readTrace } from './shared/read'
import { command, type Io, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'
import { claudeCodeCalls } from './simulate/claude-code'
import { compareOver, comparedText } from './simulate/compare'

const summary = 'tries a boundary on a trace or on Claude Code’s transcripts, or drafts one from them'
const FILE = { type: 'string', value: 'FILE', offers: 'file' } as const

export const verb: Verb = {
  name: 'simulate',
  summary,
  commands: [
    command({
      summary,
      places: [
        { name: 'TRACE.jsonl', says: 'calls, a line each, as replay reads them', optional: true, offers: 'file' },
      ],
      options: {
        'from-claude-code': {
          type: 'string',
          value: 'FOLDER',
          offers: 'folder',
          says: 'reads transcripts (~/.claude/projects) or captured hook inputs instead of a trace',
        },
        boundary: { ...FILE, says: 'which calls it answers otherwise' },
        against: { ...FILE, says: 'than this one; without it, than no boundary, which forbids' },
        catalogue: { ...FILE, says: 'tools with their classes' },
        propose: { type: 'boolean', default: false, says: 'drafts the narrowest boundary that covers what was used' },
        agent: {
          type: 'string',
          value: 'NAME',
          default: 'claude-code',
          says: 'whose boundary is drafted (claude-code)',
        },
        workspace: {
          type: 'string',
          value: 'FOLDER',
          offers: 'folder',
          says: 'the directory in which paths are meant (the one that most calls were made in)',
        },
      },
      about: `A draft comes on standard output; every guess in it is marked with a comment, no class that calls for a person runs alone, and what nobody can tell
beforehand stays for a person. Nothing is signed by it.\n\nOn a server, a draft is tried on the agent's own past: its page has "Try it on the past".`,
      examples: [
        'npx countersign simulate trace.jsonl --boundary new.yaml --against old.yaml --catalogue catalogue.jsonl',
        'npx countersign simulate trace.jsonl --propose --agent triage > triage.yaml',
      ],
      exits: { no: 'some line could not be read, or nothing was found' },
      run: ({ values, positionals }, { note }) => simulate(values, positionals, note),
    }),
  ],
}
/** `npx countersign simulate` */
export const run = runVerb(verb)

type Wanted = {
  'from-claude-code'?: string | undefined
  boundary?: string | undefined
  against?: string | undefined
  catalogue?: string | undefined
  propose: boolean
  agent: string
  workspace?: string | undefined
}

async function simulate(values: Wanted, positionals: string[], note: Io['note']): Promise<Outcome> {
  const { boundary, against, propose, agent } = values
  const input = inputOf(positionals, values['from-claude-code'])
  if (propose === (boundary !== undefined) && (propose || input.trace !== null))
    throw usage('Say either --boundary FILE, or --propose.')
  const catalogue = await readCatalogue(values.catalogue)
  const read = new Calls(input)
  if (boundary !== undefined) {
    const [before, after] = [against === undefined ? null : await boundaryIn(against), await boundaryIn(boundary)]
    const compared = await compareOver(read.calls(), before, after, catalogue)
    const exit = read.ended(note, compared.calls)
    return { exit, result: compared, text: comparedText(compared) }
  }
  const classes = new Map(catalogue.map((tool) => [tool.name, tool.class]))
  const uses: Use[] = []
  for await (const { tool, arguments: given } of read.calls())
    uses.push({ tool, class: classes.get(resolveTool(tool)?.name ?? tool) ?? null, arguments: given, was: null })
  if (uses.length === 0) return { exit: read.ended(note, 0), result: { uses: 0 } }
  const made = proposeBoundary(agent, uses, values.workspace ?? read.workspace())
  const { allow, hold, forbid } = made.answers
  note(
    `${String(made.uses)} uses: it would allow ${String(allow)}, hold ${String(hold)} and forbid ${String(forbid)}; ${String(made.guesses)} guesses are marked.\n`,
  )
  return {
    exit: read.ended(note, uses.length),
    result: { boundary: made.source, uses: made.uses, answers: made.answers, guesses: made.guesses },
    text: made.source,
  }
}

type Input = { trace: string | null; claude: string | null }

/** The calls of a trace or of a folder of Claude Code, with what could not be read of them. */
class Calls {
  private readonly faults: string[] = []
  private readonly cwds = new Map<string, number>()

  constructor(private readonly input: Input) {}

  async *calls(): AsyncGenerator<TraceCall> {
    const { trace, claude } = this.input
    if (trace !== null) {
      for await (const call of readTrace(trace)) {
        if ('field' in call) this.faults.push(`${trace}:${String(call.line)}: ${call.field}: ${call.detail}`)
        else yield call
      }
      return
    }
    let line = 0
    for await (const { tool, arguments: given, cwd, session, at } of claudeCodeCalls(claude ?? '')) {
      line += 1
      if (cwd !== null) this.cwds.set(cwd, (this.cwds.get(cwd) ?? 0) + 1)
      yield { line, tool, arguments: given, runId: session, at }
    }
  }

  /** The directory that most calls were made in, where a boundary can name it. */
  workspace(): string | null {
    const [most] = [...this.cwds].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    return most !== undefined && /^(?:\/(?!\.{1,2}(?:\/|$))[^/~*?$`]+)+$/.test(most[0]) ? most[0] : null
  }

  ended(note: Io['note'], found: number) {
    for (const fault of this.faults) note(`${fault}\n`)
    if (found === 0) note('No call was found in it.\n')
    return this.faults.length > 0 || found === 0 ? EXITS.no : EXITS.done
  }
}

function inputOf([trace, ...rest]: string[], claude: string | undefined): Input {
  if (rest.length > 0 || (trace === undefined) === (claude === undefined))
    throw usage('Name one trace, or say --from-claude-code DIR.')
  return { trace: trace ?? null, claude: claude ?? null }
}

async function boundaryIn(file: string) {
  const policy = readPolicy((await readBytes(file)).toString('utf8'), file)
  if (policy.kind === 'baseline') throw usage(`${file} names no agent: a baseline by itself allows nothing.`)
  return policy.document
}
