import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { continueInstall, rotateInstall } from '@/lib/ledger/change-install'
import { standingSentence } from '@/lib/ledger/halt-for-standing'
import { command, type Environment, type Io, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { DATA, dataFolder } from './shared/install'
import { Trouble } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const STOPPED = 'Every server of the install must be stopped.'

export const verb: Verb = {
  name: 'ledger',
  summary: 'replaces the key the ledger signs with, or lets a log that lost entries go on',
  commands: [
    command({
      words: 'rotate-key',
      summary: 'makes a new key for checkpoints',
      options: { data: DATA },
      about: `${STOPPED} An entry signed with the old key and the new one says so; from that entry on only the new key signs, and what was signed before
still verifies. Tell those who wrote the old key down; watchers follow by themselves. Where the key comes from COUNTERSIGN_CHECKPOINT_KEY,
give the new one in COUNTERSIGN_NEXT_CHECKPOINT_KEY.`,
      examples: ['npx countersign ledger rotate-key'],
      exits: { unusable: 'it could not be done; nothing was changed' },
      run: ({ values }, io) => attempt(() => rotate(dataFolder(values.data, io.env), io)),
    }),
    command({
      words: 'continue',
      summary: 'lets a log that is behind what it let out go on, under another name',
      options: {
        data: DATA,
        checkpoint: {
          type: 'string',
          value: 'FILE',
          offers: 'file',
          says: 'the last checkpoint that was let out, where the copy beside the database is damaged',
        },
        confirm: { type: 'string', value: 'NAME', says: 'the name of the ledger, typed out; else it is asked for' },
      },
      about: `${STOPPED} For a ledger that is behind the last checkpoint it let out, or forked from it, and whose lost part no backup has. Its first
checkpoint under the new name covers an entry that names the lost one. The organisation is halted until people lift the halt.`,
      examples: ['npx countersign ledger continue --confirm countersign/3f9a'],
      exits: { no: 'not confirmed; nothing was changed', unusable: 'it could not be done; nothing was changed' },
      run: ({ values }, io) => attempt(() => goOn(dataFolder(values.data, io.env), values, io)),
    }),
  ],
}
/** `npx countersign ledger …` */
export const run = runVerb(verb)

/** What cannot be done with an install is a sentence. */
async function attempt(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Trouble) throw error
    throw new Trouble(error instanceof Error ? error.message : String(error), EXITS.unusable, 'not_possible')
  }
}

async function rotate(folder: string, { env, note }: { env: Environment; note: Io['note'] }): Promise<Outcome> {
  note('Replacing the checkpoint key …\n')
  const { old, new: vkey, inEnvironment } = await rotateInstall({ dataFolder: folder, env })
  const set = inEnvironment
    ? 'Set COUNTERSIGN_CHECKPOINT_KEY to the new key before the server starts; it refuses the old one.\n'
    : ''
  return {
    exit: EXITS.done,
    result: { old, new: vkey, in_environment: inEnvironment },
    text: `From now on checkpoints are signed by\n  ${vkey}\nuntil here by\n  ${old}\n${set}`,
  }
}

async function goOn(
  folder: string,
  given: { checkpoint?: string | undefined; confirm?: string | undefined },
  { env, note }: Io,
): Promise<Outcome> {
  const done = await continueInstall({
    dataFolder: folder,
    env,
    checkpoint: given.checkpoint === undefined ? undefined : readFileSync(path.resolve(given.checkpoint), 'utf8'),
    confirm: async ({ origin, standing, lost }) => {
      note(
        `${standingSentence(standing)}\nGoing on gives up what the checkpoint over ${lost.size} entries covered. The organisation will be halted.\n`,
      )
      return (given.confirm ?? (await ask(`Type the name of the ledger (${origin}) to go on: `))) === origin
    },
  })
  if (!done) throw new Trouble('Not confirmed: nothing was changed.', EXITS.no, 'not_confirmed')
  return {
    exit: EXITS.done,
    result: { origin: done.origin, vkey: done.vkey, kept: done.kept },
    text: `The ledger goes on as ${done.origin}, signed by\n  ${done.vkey}\nWhat was let out before is kept in ${done.kept}.\nThe organisation is halted until people lift it.\n`,
  }
}

/** Asks whoever sits at the terminal, on standard error: standard output is the answer's. */
async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) return ''
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(question)
  terminal.close()
  return answer.trim()
}
