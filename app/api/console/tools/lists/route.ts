import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { listInput } from '@/lib/tools/contract'
import { importList } from '@/lib/tools/import-list'
import { importedWords } from '@/lib/tools/imported-words'

/** Takes what an MCP server answered to tools/list: new tools are added, changed ones held until a person has read them. */
export const POST = handle(
  { permission: 'tool.register', input: listInput, transaction: false },
  ({ db, actor, input, now }) => importList(db, actor, input, now),
  { then: () => paths.tools(), say: (done) => ({ text: importedWords(done) }) },
)
