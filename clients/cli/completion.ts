import { SHELLS, type Shell } from './completion/shells'
import { command } from './shared/command'
import { EXITS } from './shared/exits'
import { didYouMean } from './shared/nearest'
import { allVerbs } from './shared/table'
import { usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const summary = 'prints what completes verbs, options and their values in a shell'
const NAMES = Object.keys(SHELLS) as Shell[]

export const verb: Verb = {
  name: 'completion',
  summary,
  commands: [
    command({
      summary,
      places: [{ name: 'SHELL', says: NAMES.join(', '), offers: NAMES }],
      options: {},
      about: `Made from the table of verbs and options that --help is made from. It completes countersign, and npx countersign where nothing else completes npx.`,
      examples: [
        'source <(npx countersign completion bash)',
        'npx countersign completion zsh > ~/.zsh/completions/_countersign',
        'npx countersign completion fish > ~/.config/fish/completions/countersign.fish',
      ],
      run: async ({ positionals: [shell = ''] }) => {
        const known = NAMES.find((each) => each === shell)
        if (known === undefined)
          throw usage(
            `There is no completion for ${JSON.stringify(shell)}.${didYouMean(shell, NAMES)} There is ${NAMES.join(', ')}.`,
          )
        const script = SHELLS[known](await allVerbs())
        return { exit: EXITS.done, result: { shell: known, script }, text: script }
      },
    }),
  ],
}
/** `npx countersign completion SHELL` */
export const run = runVerb(verb)
