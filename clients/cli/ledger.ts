import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { continueInstall, rotateInstall } from '@/lib/ledger/change-install'
import { standingSentence } from '@/lib/ledger/halt-for-standing'

export const summary = 'replaces the key the ledger signs with, or lets a log that lost entries go on'

const HELP = `Usage: npx countersign ledger rotate-key [--data FOLDER]
       npx countersign ledger continue [--data FOLDER] [--checkpoint FILE] [--confirm NAME]

Both need every server of the install to be stopped.

rotate-key   makes a new key for checkpoints. An entry signed with the old key and the new one says so; from that entry on only the
             new key signs, and what was signed before still verifies. Tell those who wrote the old key down; watchers follow by
             themselves. Where the key comes from COUNTERSIGN_CHECKPOINT_KEY, give the new one in COUNTERSIGN_NEXT_CHECKPOINT_KEY.
continue     for a ledger that is behind the last checkpoint it let out, or forked from it, and whose lost part no backup has. It goes
             on under another name; its first checkpoint covers an entry that names the lost one. The organisation is halted until
             people lift the halt. Asks for the ledger's name, unless --confirm gives it.

  --data FOLDER       where the install keeps its data (COUNTERSIGN_DATA, else .data); with DATABASE_URL, its keys
  --checkpoint FILE   the last checkpoint that was let out, where the copy beside the database is damaged
  --confirm NAME      the name of the ledger, typed out

Exit code: 0 done, 1 not confirmed, 2 could not be done; then nothing was changed.
`

/** `npx countersign ledger …`: answers the exit code; never a stack. */
export async function run(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        checkpoint: { type: 'string' },
        confirm: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    const [verb, ...rest] = positionals
    if (values.help || verb === undefined || rest.length > 0) {
      process.stdout.write(HELP)
      return values.help ? 0 : 2
    }
    const root = path.resolve(import.meta.dirname, '../..')
    const dataFolder = path.resolve(root, values.data ?? (process.env.COUNTERSIGN_DATA || '.data'))
    const install = { dataFolder, env: process.env }
    if (verb === 'rotate-key') return await rotate(install)
    if (verb === 'continue') return await goOn({ ...install, ...values })
    throw new Error(`there is no ${JSON.stringify(verb)}; npx countersign ledger --help lists what there is`)
  } catch (error) {
    process.stderr.write(`countersign ledger: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
}

type Install = { dataFolder: string; env: Readonly<Record<string, string | undefined>> }

async function rotate(install: Install): Promise<number> {
  process.stdout.write('Replacing the checkpoint key …\n')
  const { old, new: vkey, inEnvironment } = await rotateInstall(install)
  process.stdout.write(`From now on checkpoints are signed by\n  ${vkey}\nuntil here by\n  ${old}\n`)
  if (inEnvironment)
    process.stdout.write(
      'Set COUNTERSIGN_CHECKPOINT_KEY to the new key before the server starts; it refuses the old one.\n',
    )
  return 0
}

async function goOn(
  given: Install & { checkpoint?: string | undefined; confirm?: string | undefined },
): Promise<number> {
  const done = await continueInstall({
    dataFolder: given.dataFolder,
    env: given.env,
    checkpoint: given.checkpoint === undefined ? undefined : readFileSync(given.checkpoint, 'utf8'),
    confirm: async ({ origin, standing, lost }) => {
      process.stdout.write(
        `${standingSentence(standing)}\nGoing on gives up what the checkpoint over ${lost.size} entries covered. The organisation will be halted.\n`,
      )
      return (given.confirm ?? (await ask(`Type the name of the ledger (${origin}) to go on: `))) === origin
    },
  })
  if (!done) {
    process.stderr.write('Not confirmed: nothing was changed.\n')
    return 1
  }
  process.stdout.write(
    `The ledger goes on as ${done.origin}, signed by\n  ${done.vkey}\nWhat was let out before is kept in ${done.kept}.\nThe organisation is halted until people lift it.\n`,
  )
  return 0
}

async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) return ''
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(question)
  terminal.close()
  return answer.trim()
}
