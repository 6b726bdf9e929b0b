import { resolveTool } from '@/lib/tools/tool'
import { proposeBoundary, type Use } from '@/lib/trials/propose'
import type { TraceCall } from '@/lib/trials/trace'
import { readPolicy } from './policy/document'
import { readCatalogue } from './shared/catalogue'
import { readBytes, readTrace } from './shared/read'
import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'
import { claudeCodeCalls } from './simulate/claude-code'
import { compareOver, comparedText } from './simulate/compare'

export const summary = 'tries a boundary on a trace or on Claude Code’s transcripts, or drafts one from them'

const USAGE = `Usage: npx countersign simulate TRACE.jsonl --boundary NEW.yaml [--against OLD.yaml] [--catalogue FILE] [--json]
       npx countersign simulate TRACE.jsonl --propose [--agent NAME] [--workspace DIR] [--catalogue FILE]
       npx countersign simulate --from-claude-code DIR [--boundary NEW.yaml [--against OLD.yaml]] [--agent NAME] [--workspace DIR]

With --boundary: which calls it answers otherwise than --against does; without --against, than no boundary does, which forbids.
Else it drafts the narrowest boundary that covers what was used, on standard output; every guess is marked with a comment, no class that
calls for a person runs alone, and what nobody can tell beforehand stays for a person. Nothing is signed by it.
--from-claude-code reads transcripts (~/.claude/projects) or captured hook inputs; --workspace is the directory in which paths are
meant, by default the one that most calls were made in. A line of a trace is as in npx countersign replay.
On a server, a draft is tried on the agent's own past: its page has "Try it on the past".
Exit: 0 done; 1 some line could not be read, or nothing was found; 2 wrong usage.
`

const OPTIONS = {
  'from-claude-code': { type: 'string' },
  boundary: { type: 'string' },
  against: { type: 'string' },
  catalogue: { type: 'string' },
  propose: { type: 'boolean', default: false },
  agent: { type: 'string', default: 'claude-code' },
  workspace: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `npx countersign simulate`: answers the exit code. What is wrong is a sentence, never a stack. */
export async function run(args: string[], terminal: Terminal = ownTerminal()): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, OPTIONS)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    const { boundary, against, propose, json, agent } = values
    const input = inputOf(positionals, values['from-claude-code'])
    if (propose === (boundary !== undefined) && (propose || input.trace !== null))
      throw new Trouble('Say either --boundary FILE, or --propose.', 2)
    const catalogue = await readCatalogue(values.catalogue)
    const read = new Calls(input)
    if (boundary !== undefined) {
      const [before, after] = [against === undefined ? null : await boundaryIn(against), await boundaryIn(boundary)]
      const compared = await compareOver(read.calls(), before, after, catalogue)
      terminal.out(json ? `${JSON.stringify(compared)}\n` : comparedText(compared))
      return read.ended(terminal, compared.calls)
    }
    const classes = new Map(catalogue.map((tool) => [tool.name, tool.class]))
    const uses: Use[] = []
    for await (const { tool, arguments: given } of read.calls())
      uses.push({ tool, class: classes.get(resolveTool(tool)?.name ?? tool) ?? null, arguments: given, was: null })
    if (uses.length === 0) return read.ended(terminal, 0)
    const made = proposeBoundary(agent, uses, values.workspace ?? read.workspace())
    terminal.out(made.source)
    const { allow, hold, forbid } = made.answers
    terminal.error(
      `${String(made.uses)} uses: it would allow ${String(allow)}, hold ${String(hold)} and forbid ${String(forbid)}; ${String(made.guesses)} guesses are marked.\n`,
    )
    return read.ended(terminal, uses.length)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n${error.exit === 2 ? `\n${USAGE}` : ''}`)
    return error.exit
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

  ended(terminal: Terminal, found: number): number {
    for (const fault of this.faults) terminal.error(`${fault}\n`)
    if (found === 0) terminal.error('No call was found in it.\n')
    return this.faults.length > 0 || found === 0 ? 1 : 0
  }
}

function inputOf([trace, ...rest]: string[], claude: string | undefined): Input {
  if (rest.length > 0 || (trace === undefined) === (claude === undefined))
    throw new Trouble('Name one trace, or say --from-claude-code DIR.', 2)
  return { trace: trace ?? null, claude: claude ?? null }
}

async function boundaryIn(file: string) {
  const policy = readPolicy((await readBytes(file)).toString('utf8'), file)
  if (policy.kind === 'baseline') throw new Trouble(`${file} names no agent: a baseline by itself allows nothing.`, 2)
  return policy.document
}
