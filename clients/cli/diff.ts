import { changesBetween, readPolicy } from './policy/document'
import { meaningJson, meaningText, textDiff } from './policy/words'
import { readCatalogue } from './shared/catalogue'
import { readBytes } from './shared/read'
import { readArguments } from './shared/arguments'
import { ownTerminal, type Terminal } from './shared/terminal'
import { Trouble } from './shared/trouble'

export const summary = 'says what one boundary changes against another: by meaning, by section, then by text'

const USAGE = `Usage: npx countersign diff BEFORE.yaml AFTER.yaml [--catalogue FILE] [--json]

Says what AFTER allows that BEFORE did not, and the other way round; then how many changes stand in each section; then the texts.
Both are boundaries, or both are baselines. With a catalogue of tools, what their classes make of the change is said too.
--json prints {"same", "changes": [{"direction", "section", "subject", "when", "before", "after", "sentence", "override"}]}.
Exit: 0 they mean the same, 1 they do not, 2 they could not be compared.
`

const OPTIONS = {
  catalogue: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `npx countersign diff A B`: answers the exit code, as diff(1) does. */
export async function run(args: string[], terminal: Terminal = ownTerminal()): Promise<number> {
  try {
    const { values, positionals } = readArguments(args, OPTIONS)
    if (values.help) {
      terminal.out(USAGE)
      return 0
    }
    const [before, after, ...rest] = positionals
    if (before === undefined || after === undefined || rest.length > 0) throw new Trouble('Name two files.', 2)
    const texts = await Promise.all([before, after].map(async (file) => (await readBytes(file)).toString('utf8')))
    const [old, fresh] = [readPolicy(texts[0] ?? '', before), readPolicy(texts[1] ?? '', after)]
    const changes = changesBetween(old, fresh, await readCatalogue(values.catalogue), Date.now())
    if (values.json) terminal.out(`${JSON.stringify({ same: changes.length === 0, changes: meaningJson(changes) })}\n`)
    else terminal.out(`${meaningText(changes)}\n${textDiff(old.source, fresh.source)}`)
    return changes.length === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    terminal.error(`${error.message}\n`)
    return 2
  }
}
