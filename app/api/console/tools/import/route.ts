import { fault } from '@/lib/core/fault'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { parseCatalogue } from '@/lib/tools/catalogue'
import { importInput } from '@/lib/tools/contract'
import { importTools } from '@/lib/tools/register'

/** Adds the tools of a catalogue, JSON lines: all of them, or none when a line is wrong. */
export const POST = handle(
  { permission: 'tool.register', input: importInput },
  ({ db, actor, input, now }) => {
    const read = parseCatalogue(input.lines)
    if ('errors' in read)
      throw fault('invalid_request', {
        field: 'lines',
        detail: 'Nothing was added.',
        errors: read.errors.map(({ line, detail }) => ({
          field: 'lines',
          line,
          detail: `Line ${String(line)}: ${detail}`,
        })),
      })
    return importTools(db, actor, read.tools, now)
  },
  {
    then: () => paths.tools(),
    say: ({ added, known }) => ({
      text: `${String(added)} tools added${known > 0 ? `, ${String(known)} were there already and stay as they are` : ''}. Their classes count once somebody confirms them.`,
    }),
  },
)
