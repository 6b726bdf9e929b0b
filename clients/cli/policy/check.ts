import { typeErrors } from '@/lib/boundary/check-types'
import { parseBaseline, parseBoundary } from '@/lib/boundary/parse'
import type { CatalogueTool } from '@/lib/tools/tool'
import type { Outcome } from '../shared/command'
import { EXITS } from '../shared/exits'
import { readBytes } from '../shared/read'
import { namesAnAgent } from './document'

/** Everything wrong with texts, as drafting them would say (lib/boundary/check.ts). Without a catalogue, tools are taken as they are named. */
export async function checkFiles(files: readonly string[], catalogue: readonly CatalogueTool[]): Promise<Outcome> {
  const found = []
  for (const file of files) {
    const source = (await readBytes(file)).toString('utf8').replaceAll('\r\n', '\n')
    const kind = namesAnAgent(source) ? ('boundary' as const) : ('baseline' as const)
    const read = kind === 'boundary' ? parseBoundary(source) : parseBaseline(source)
    const errors = read.ok ? typeErrors(source, read.document, catalogue) : read.errors
    found.push({
      ...{ file, kind },
      errors: errors.map(({ line, column, path, message }) => ({ line, column, path, message })),
    })
  }
  const wrong = found.some(({ errors }) => errors.length > 0)
  return {
    exit: wrong ? EXITS.no : EXITS.done,
    result: { files: found },
    text: found
      .map(({ file, kind, errors }) =>
        errors.length === 0
          ? `${file}: a ${kind} that can be drafted.\n`
          : errors
              .map(
                (each) =>
                  `${file}:${String(each.line)}:${String(each.column)}: ${each.path === '' ? '' : `${each.path}: `}${each.message}\n`,
              )
              .join(''),
      )
      .join(''),
  }
}
