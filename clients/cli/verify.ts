import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { checkBundle } from '@/clients/verifier/command'
import { publicId } from '@/lib/core/ids'
import { FAULTS } from '@/lib/ledger/soundness'
import type { Verdict } from '@/lib/ledger/verify'
import { verifyInstall } from '@/lib/ledger/verify-install'

export const summary =
  'says whether the ledger, or a bundle of evidence, is whole, or names the first thing that is not'

const HELP = `Usage: npx countersign verify BUNDLE.zip [options]
       npx countersign verify [options]

With a bundle: checks it from the file alone, without a network, a database or the server it came from; says what it
proves and what it does not, and ends at the first thing that does not hold.

  --vkey KEY          the verifier key you wrote down; without it, the key in the bundle is believed
  --sample N          draws N decisions of the bundle by a seed of your own
  --seed TEXT         that seed: dice, a newspaper, anything nobody knew when the bundle was made
  --json              one line of JSON instead of sentences

Without one: walks the whole ledger of the install on this machine: every entry against its index, its columns, its payload and the
signed tree, and the tree against every checkpoint that was kept. It believes no hash that it reads.

  --data FOLDER       where the install keeps its data (COUNTERSIGN_DATA, else .data); with DATABASE_URL, its keys
  --checkpoint FILE   a checkpoint you took home: the ledger must still hold everything under it (may be given again)
  --vkey KEY          the verifier key you know the ledger by, instead of the one in its key folder
  --json              one line of JSON instead of a sentence

Exit code: 0 whole, 1 not whole, 2 could not be verified.
`

const PROGRESS_MS = 2_000

/** `npx countersign verify …`: prints one sentence; answers 0 (whole), 1 (not whole) or 2 (could not be verified). */
export async function run(args: string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        checkpoint: { type: 'string', multiple: true },
        vkey: { type: 'string' },
        sample: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      return 0
    }
    const [bundle, more] = positionals
    if (more !== undefined) throw new Error('one bundle at a time')
    if (bundle !== undefined) return await checkBundle(bundle, values)
    const root = path.resolve(import.meta.dirname, '../..')
    const verdict = await verifyInstall({
      dataFolder: path.resolve(root, values.data ?? (process.env.COUNTERSIGN_DATA || '.data')),
      env: process.env,
      vkey: values.vkey,
      held: (values.checkpoint ?? []).map((file) => readFileSync(file, 'utf8')),
      onProgress: progress(),
    })
    process.stdout.write(`${values.json ? JSON.stringify(plain(verdict)) : sentence(verdict)}\n`)
    return verdict.whole ? 0 : 1
  } catch (error) {
    process.stderr.write(`countersign verify: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
}

/** What there is to say, in one sentence. */
export function sentence(verdict: Verdict): string {
  if (!verdict.whole) {
    const entry = verdict.entryId === null ? '' : ` (${publicId('entry', verdict.entryId)})`
    const which = verdict.idx === null ? (entry === '' ? '' : `the entry${entry}: `) : `entry #${verdict.idx}${entry}: `
    return `The ledger is NOT whole: ${which}${FAULTS[verdict.fault]}.`
  }
  const parts = [
    `${count(verdict.size, 'entry', 'entries')} under one signed root`,
    verdict.checkpoints > 1 && `${count(verdict.checkpoints, 'checkpoint', 'checkpoints')} agree`,
    verdict.waiting > 0 && `${count(verdict.waiting, 'entry waits', 'entries wait')} for an index`,
    verdict.erased > 0 && `${count(verdict.erased, 'payload was', 'payloads were')} erased`,
    verdict.unread > 0 && `${count(verdict.unread, 'payload was', 'payloads were')} not opened, for want of the key`,
  ].filter((part) => part !== false)
  return `The ledger is whole: ${parts.join('; ')}.`
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`
}

function plain(verdict: Verdict): object {
  if (!verdict.whole) return { ...verdict, says: FAULTS[verdict.fault] }
  return { ...verdict, root: verdict.root.toString('base64') }
}

/** A line every two seconds, where somebody waits for it. */
function progress(): (done: number, size: number) => void {
  let last = Date.now()
  return (done, size) => {
    if (Date.now() - last < PROGRESS_MS) return
    last = Date.now()
    process.stderr.write(`verified ${done.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} entries\n`)
  }
}
