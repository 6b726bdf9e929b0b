import type { Found, Verdict } from './verify'

/** What verifying found, in plain words: what it proves, and what it does not. One line an item. */
export function say(verdict: Verdict): string {
  if (!verdict.whole) return `This bundle is NOT whole: ${verdict.says}. [${verdict.code}]\n`
  return [
    `This bundle is whole: ${summary(verdict)}.`,
    '',
    'What this proves',
    ...proven(verdict).map((line) => `  + ${line}`),
    '',
    'What this does not prove',
    ...notProven(verdict).map((line) => `  - ${line}`),
    ...sampled(verdict),
    '',
  ].join('\n')
}

function summary({ manifest, entries, withheld, checkpoints, payloads }: Found): string {
  const parts = [
    `${count(entries, 'entry', 'entries')} of the log ${manifest.origin}`,
    withheld > 0 && `${count(withheld, 'entry', 'entries')} as a hash alone`,
    `${count(checkpoints, 'signed checkpoint', 'signed checkpoints')}`,
    `${count(payloads.opened, 'payload', 'payloads')} opened`,
  ]
  return parts.filter((part) => part !== false).join(', ')
}

function proven(found: Found): string[] {
  const { manifest, payloads } = found
  const { scope, query, head } = manifest
  const size = head.size.toLocaleString('en-US')
  const lines = [
    `The log of ${size} entries was signed by ${found.vkey.split('+')[0] ?? ''}, and every entry here is in it, byte for byte, at the place it claims.`,
  ]
  if (scope.kind === 'complete') {
    lines.push(
      `Nothing is missing between #${String(scope.first)} and #${String(scope.end - 1)}: every place of the log in that range is accounted for.`,
    )
    if (scope.others === 'entries')
      lines.push(
        `${scope.agent === null ? 'Everything recorded' : `Everything recorded about agent ${scope.agent}`} from ${query.from} to ${query.to} is here: ${count(found.about, 'entry', 'entries')}. The range reaches around that period; the farthest an entry stands behind a later-made one is ${(found.disorderMs / 1000).toFixed(1)} s.`,
      )
  }
  if (found.checkpoints > 1)
    lines.push(
      `The log only grew: each of ${String(found.checkpoints)} signed checkpoints is the beginning of the next.`,
    )
  if (payloads.opened > 0)
    lines.push(
      `What was said in ${count(payloads.opened, 'payload', 'payloads')} is what the entries committed to when they were written.`,
    )
  if (found.boundaries > 0)
    lines.push(
      `Every decision names a boundary that was signed before it, and the texts of ${count(found.boundaries, 'boundary version', 'boundary versions')} are those that were signed.`,
    )
  const { passkey, added, statements } = found.signatures
  if (passkey > 0) {
    const relying = [...new Set(statements.map(({ rpId }) => rpId))].join(', ')
    lines.push(
      `${count(passkey, 'signature was', 'signatures were')} made with a passkey, at ${shown(relying)}: each is over the SHA-256 of a statement that names the signer, the version, its digest, and from when until when; the passkey checked who touched it. ${added === passkey ? 'Each key is' : `${String(added)} of the keys are`} the one that person had added before.`,
      ...statements.map(({ index, words }) => `  #${String(index)}: “${shown(words)}”`),
    )
  }
  lines.push(...verdictsProven(found))
  if (found.decisionsAgainstHalts > 0)
    lines.push(
      `No action was allowed under a halt of everything, or of its agent, that was engaged within the range (${count(found.decisionsAgainstHalts, 'decision', 'decisions')} compared).`,
    )
  if (found.people > 0)
    lines.push(
      `Roles and owners follow from the entries they name, as of #${String(scope.kind === 'complete' ? scope.end - 1 : head.size - 1)}.`,
    )
  return lines
}

function verdictsProven({ verdicts: { passkey, added, recomputed, statements } }: Found): string[] {
  if (passkey === 0) return []
  const relying = [...new Set(statements.map(({ rpId }) => rpId))].join(', ')
  return [
    `${count(passkey, 'verdict was', 'verdicts were')} given with a passkey, at ${shown(relying)}: each is over the SHA-256 of a statement that names the person, the approval, the digest of the action, the answer and the hash of its reason. ${recomputed === passkey ? 'Each digest was' : `${String(recomputed)} of the digests were`} computed again from what was asked, or edited to by then. ${added === passkey ? 'Each key is' : `${String(added)} of the keys are`} the one that person had added before.`,
    ...statements.map(({ index, words }) => `  #${String(index)}: “${shown(words)}”`),
  ]
}

function notProven(found: Found): string[] {
  const { manifest, payloads } = found
  const { scope } = manifest
  const lines = [
    found.keyWasGiven
      ? 'That your key is the right one: you said so.'
      : 'Whose log this is. The key came with the bundle: compare it with one you wrote down elsewhere, and give that with --vkey.',
    'That the operator showed everybody the same log. Hold this checkpoint against one kept on another machine (countersign watch).',
    'That what an agent said is true: its reasons are its own words.',
    'That nothing happened past the gateway: only what was proposed to it is recorded.',
    'That the clock was right: times are those of the server that wrote the entries, and an entry gets its place after it is made.',
    ...(found.signatures.passkey + found.verdicts.passkey > 0
      ? [
          'That a passkey is in the hands of the person it stands for: the first one somebody adds rests on their password, and is an entry.',
        ]
      : []),
    ...(found.signatures.password > 0
      ? [
          `Who gave ${count(found.signatures.password, 'signature', 'signatures')} in a password session: that is the server’s word alone.`,
        ]
      : []),
    ...(found.signatures.unopened > 0
      ? [`What ${count(found.signatures.unopened, 'signature', 'signatures')} by passkey said: not here to check.`]
      : []),
    ...(found.verdicts.session > 0
      ? [
          `Who gave ${count(found.verdicts.session, 'verdict', 'verdicts')} in a session: that is the server’s word alone.`,
        ]
      : []),
    ...(found.verdicts.unopened > 0
      ? [`What ${count(found.verdicts.unopened, 'verdict', 'verdicts')} by passkey said: not here to check.`]
      : []),
    'What people are called: names are the server’s word, and in no entry.',
  ]
  if (scope.kind === 'picked')
    lines.unshift(
      'That nothing else matched: these are entries somebody picked. Only a bundle of a complete range says what is missing.',
    )
  else if (scope.others === 'hashes')
    lines.unshift(
      `That none of the ${String(found.withheld)} withheld entries is about the agent, nor that the range reaches around the period: their hashes are here, their contents are not.`,
    )
  const unseen = [
    payloads.erased > 0 && `${String(payloads.erased)} erased`,
    payloads.expired > 0 && `${String(payloads.expired)} past their retention`,
    payloads.sensitive > 0 && `${String(payloads.sensitive)} marked sensitive`,
    payloads.broken > 0 && `${String(payloads.broken)} changed in the database since they were written`,
  ].filter((part) => part !== false)
  if (unseen.length > 0) lines.push(`What was said in payloads that are not here: ${unseen.join(', ')}.`)
  return lines
}

function sampled({ sample, own }: Found): string[] {
  const lines: string[] = []
  if (sample)
    lines.push(
      '',
      `Sample: ${String(sample.drawn.length)} of ${String(sample.of)} decisions, drawn again from the seed ${sample.seed}: ${places(sample.drawn)}`,
      '  The seed is the log’s root right after this export was recorded. Who runs the server could have tried several exports; each is an entry.',
    )
  if (own) lines.push('', `Your own sample: ${places(own)}`)
  return lines
}

/** Words of people are data: what a terminal would act on, or nobody sees, is shown as a question mark. */
const shown = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, '?').slice(0, 600)

const places = (indexes: readonly number[]): string => indexes.map((index) => `#${String(index)}`).join(' ')

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`
}
