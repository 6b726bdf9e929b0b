import { changesBetween, readPolicy } from './policy/document'
import { meaningJson, meaningText, textDiff } from './policy/words'
import { readCatalogue } from './shared/catalogue'
import { command } from './shared/command'
import { EXITS } from './shared/exits'
import { readBytes } from './shared/read'
import { runVerb, type Verb } from './shared/verb'

const summary = 'says what one boundary changes against another: by meaning, by section, then by text'

export const verb: Verb = {
  name: 'diff',
  summary,
  commands: [
    command({
      summary,
      places: [
        { name: 'BEFORE.yaml', says: 'a boundary, or a baseline', offers: 'file' },
        { name: 'AFTER.yaml', says: 'what it is compared with, of the same kind', offers: 'file' },
      ],
      options: {
        catalogue: {
          type: 'string',
          value: 'FILE',
          offers: 'file',
          says: 'tools with their classes: what those make of the change is said too',
        },
      },
      about: `Says what AFTER allows that BEFORE did not, and the other way round; then how many changes stand in each section; then the texts.
\n\nJSON: {"same", "changes": [{"direction", "section", "subject", "when", "before", "after", "sentence", "override"}]}.`,
      examples: ['npx countersign diff old.yaml new.yaml', 'npx countersign diff old.yaml new.yaml --json'],
      exits: { done: 'they mean the same', no: 'they do not', unusable: 'they could not be compared' },
      run: async ({ values, positionals: [before = '', after = ''] }) => {
        const texts = await Promise.all([before, after].map(async (file) => (await readBytes(file)).toString('utf8')))
        const [old, fresh] = [readPolicy(texts[0] ?? '', before), readPolicy(texts[1] ?? '', after)]
        const changes = changesBetween(old, fresh, await readCatalogue(values.catalogue), Date.now())
        return {
          exit: changes.length === 0 ? EXITS.done : EXITS.no,
          result: { same: changes.length === 0, changes: meaningJson(changes) },
          text: `${meaningText(changes)}\n${textDiff(old.source, fresh.source)}`,
        }
      },
    }),
  ],
}
/** `npx countersign diff A B`: answers as diff(1) does. */
export const run = runVerb(verb)
