import { readFileSync } from 'node:fs'
import { sampleOf } from '@/clients/verifier/command'
import { verifyBundle } from '@/clients/verifier/verify'
import { say } from '@/clients/verifier/words'
import { publicId } from '@/lib/core/ids'
import { FAULTS } from '@/lib/ledger/soundness'
import type { Verdict } from '@/lib/ledger/verify'
import { verifyInstall } from '@/lib/ledger/verify-install'
import { command, type Environment, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { DATA, dataFolder } from './shared/install'
import { Trouble } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

const summary = 'says whether the ledger, or a bundle of evidence, is whole, or names the first thing that is not'
const PROGRESS_MS = 2_000

export const verb: Verb = {
  name: 'verify',
  summary,
  commands: [
    command({
      summary,
      places: [
        {
          name: 'BUNDLE.zip',
          says: 'a bundle of evidence; none: the ledger of this machine',
          optional: true,
          offers: 'file',
        },
      ],
      options: {
        vkey: {
          type: 'string',
          value: 'KEY',
          says: 'the verifier key you wrote down; without it, the key in the bundle or in the key folder is believed',
        },
        sample: { type: 'string', value: 'N', says: 'of a bundle: draws N decisions by a seed of your own' },
        seed: {
          type: 'string',
          value: 'TEXT',
          says: 'that seed: dice, a newspaper, what nobody knew when the bundle was made',
        },
        data: DATA,
        checkpoint: {
          type: 'string',
          value: 'FILE',
          multiple: true,
          default: [],
          offers: 'file',
          says: 'a checkpoint you took home: the ledger must still hold everything under it; may be given again',
        },
      },
      about: `With a bundle: checks it from the file alone, without a network, a database or the server it came from; says what it proves and what it does not, and ends
at the first thing that does not hold.\n\nWithout one: walks the whole ledger of the install on this machine: every entry against its index, its columns,
its payload and the signed tree, and the tree against every checkpoint that was kept. It believes no hash that it reads.`,
      examples: ['npx countersign verify', 'npx countersign verify bundle.zip --vkey countersign/…+…+…'],
      exits: { done: 'whole', no: 'not whole', unusable: 'it could not be verified' },
      run: async ({ values, positionals: [bundle] }, { env, note }) => {
        try {
          return await (bundle === undefined ? install(values, env, note) : ofBundle(bundle, values))
        } catch (error) {
          throw new Trouble(error instanceof Error ? error.message : String(error), EXITS.unusable, 'not_verifiable')
        }
      },
    }),
  ],
}
/** `npx countersign verify …` */
export const run = runVerb(verb)

type Wanted = {
  vkey?: string | undefined
  sample?: string | undefined
  seed?: string | undefined
  data?: string | undefined
  checkpoint: string[]
}

async function install(
  { data, vkey, checkpoint }: Wanted,
  env: Environment,
  note: (text: string) => void,
): Promise<Outcome> {
  const verdict = await verifyInstall({
    dataFolder: dataFolder(data, env),
    env,
    vkey,
    held: checkpoint.map((file) => readFileSync(file, 'utf8')),
    onProgress: progress(note),
  })
  return { exit: verdict.whole ? EXITS.done : EXITS.no, result: plain(verdict), text: `${sentence(verdict)}\n` }
}

async function ofBundle(file: string, { vkey, sample, seed }: Wanted): Promise<Outcome> {
  const verdict = await verifyBundle(file, { vkey, own: sampleOf({ sample, seed }) })
  return { exit: verdict.whole ? EXITS.done : EXITS.no, result: { ...verdict }, text: say(verdict) }
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

function plain(verdict: Verdict): Outcome['result'] {
  if (!verdict.whole) return { ...verdict, says: FAULTS[verdict.fault] }
  return { ...verdict, root: verdict.root.toString('base64') }
}

/** A line every two seconds, where somebody waits for it. */
function progress(note: (text: string) => void): (done: number, size: number) => void {
  let last = Date.now()
  return (done, size) => {
    if (Date.now() - last < PROGRESS_MS) return
    last = Date.now()
    note(`verified ${done.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} entries\n`)
  }
}
