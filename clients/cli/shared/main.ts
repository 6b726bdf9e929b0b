import { EXITS, EXIT_WORDS, type Exit } from './exits'
import { row } from './help'
import { didYouMean } from './nearest'
import { allVerbs, loadVerb, verbNames } from './table'
import { ownTerminal, type Terminal } from './terminal'
import type { Environment } from './command'

/** `npx countersign …`: finds the verb and runs it; answers the exit code. */
export async function main(
  args: string[],
  terminal: Terminal = ownTerminal(),
  env: Environment = process.env,
): Promise<number> {
  const [first, ...rest] = args
  if (first === undefined) {
    terminal.error(await overview())
    return EXITS.unusable
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    terminal.out(await overview())
    return EXITS.done
  }
  if (first === 'help') return main([...rest, '--help'], terminal, env)
  const known = verbNames()
  if (known.includes(first)) return (await loadVerb(first)).run(rest, terminal, env)
  const said = first.startsWith('-')
    ? `Say the verb first, then ${first}.`
    : `There is no verb ${JSON.stringify(first)}.${didYouMean(first, known)}`
  const error = { verb: first, exit: EXITS.unusable, error: { code: 'usage', detail: said } }
  if (args.includes('--json')) terminal.out(`${JSON.stringify(error)}\n`)
  else terminal.error(`${said}\nnpx countersign --help lists the verbs.\n`)
  return EXITS.unusable
}

async function overview(): Promise<string> {
  const verbs = await allVerbs()
  return [
    'Usage: npx countersign VERB [options]\n\n',
    ...verbs.map(({ name, summary }) => row(name, summary)),
    '\nExit codes, of every verb\n',
    ...(Object.keys(EXITS) as Exit[]).map((name) => row(String(EXITS[name]), EXIT_WORDS[name])),
    '\nnpx countersign VERB --help says more. --json gives any answer as JSON.\n',
  ].join('')
}
