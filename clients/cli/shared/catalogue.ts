import { parseCatalogue } from '@/lib/tools/catalogue'
import type { CatalogueTool } from '@/lib/tools/tool'
import { EXITS } from './exits'
import { readBytes } from './read'
import { Trouble } from './trouble'

/** The tools of a catalogue file as rules read them; none where no file is named. @throws Trouble naming every line that is wrong */
export async function readCatalogue(file: string | undefined): Promise<CatalogueTool[]> {
  if (file === undefined) return []
  const read = parseCatalogue((await readBytes(file)).toString('utf8'))
  if ('errors' in read)
    throw new Trouble(
      read.errors.map(({ line, detail }) => `${file}:${String(line)}: ${detail}`).join('\n'),
      EXITS.unusable,
    )
  return read.tools.map(({ server, name, class: known, surface, schema }) => ({
    name: `${server}.${name}`,
    class: known,
    ...(surface !== null && { surface }),
    ...(schema !== null && { schema }),
  }))
}
