import type { SentencePart } from '@/lib/decisions/sentence'
import { sayTook, withdrawnWords, type Story } from './story'

/** A piece of the summary: our words, a name of ours, or an agent's or a person's own words, which go on screen as data. */
export type SummaryPart =
  | { is: 'text'; text: string }
  | { is: 'strong'; text: string }
  | { is: 'data'; text: string }
  | { is: 'quote'; text: string }
  | { is: 'time'; at: string }

/** One sentence of the summary. */
export type SummarySentence = readonly SummaryPart[]

const text = (said: string): SummaryPart => ({ is: 'text', text: said })
const strong = (said: string): SummaryPart => ({ is: 'strong', text: said })
const data = (said: string): SummaryPart => ({ is: 'data', text: said })
const quote = (said: string): SummaryPart => ({ is: 'quote', text: said })
const time = (at: string): SummaryPart => ({ is: 'time', at })

/**
 * A story for somebody who has never seen the product (C28): who asked whom, what for, why by its own account, which rule of which
 * signed version answered, who approved in which words, what came back, what proves it. Made of recorded facts alone; nothing is
 * said where nothing is known.
 * @param doing what it asked to do, without the agent's name
 */
export function summarise(story: Story, doing: readonly SentencePart[]): SummarySentence[] {
  return [
    askedOf(story, doing),
    ...whyOf(story),
    decidedOf(story),
    ...answeredOf(story),
    ...endOf(story),
    standsOf(story),
    provenOf(story),
  ]
}

function askedOf({ asked, agent }: Story, doing: readonly SentencePart[]): SummarySentence {
  const requester = asked.requester
  return [
    text('On '),
    time(asked.at),
    text(', the AI agent '),
    strong(agent.slug),
    ...(requester
      ? [
          text(requester.proof === 'verified' ? ', on behalf of ' : ', which said it acts for '),
          data(requester.id),
          text(','),
        ]
      : []),
    text(' asked to '),
    ...doing.map((part) => (part.kind === 'text' ? text(part.text) : data(part.text))),
    text('.'),
  ]
}

function whyOf({ asked, agent }: Story): SummarySentence[] {
  if (asked.said === 'erased') return [[text('What it gave as its reasons was erased since; that it asked was not.')]]
  if (asked.said === 'sensitive')
    return [[text('What it gave as its reasons is marked sensitive, and opens to who says why.')]]
  if (asked.said === 'broken')
    return [[text('What is stored of its reasons is not what was recorded, so it is not shown.')]]
  const { reasoning } = asked
  const sources = asked.evidence.length
  const untrusted = asked.evidence.filter((each) => each.untrusted === true).length + asked.untrustedSources.length
  const sentences: SummarySentence[] = []
  if (reasoning?.summary)
    sentences.push([text(`Its reason, in ${agent.slug}’s own words, which nobody checked: `), quote(reasoning.summary)])
  else sentences.push([text('It gave no reason in words.')])
  const weighed = [
    ...(reasoning?.signals?.length ? [count(reasoning.signals.length, 'signal')] : []),
    ...(reasoning?.intel?.length
      ? [count(reasoning.intel.length, 'piece of intelligence', 'pieces of intelligence')]
      : []),
    ...(sources > 0 ? [count(sources, 'piece of evidence', 'pieces of evidence')] : []),
  ]
  if (weighed.length > 0)
    sentences.push([
      text(`It relied on ${joined(weighed)}`),
      ...(reasoning?.confidence === undefined ? [] : [text(`, and put its own confidence at ${reasoning.confidence}`)]),
      text('.'),
    ])
  if (untrusted > 0)
    sentences.push([
      text(
        `${untrusted === 1 ? 'One source' : `${untrusted} sources`} it had read came from outside and ${untrusted === 1 ? 'was' : 'were'} not trusted; such content can only make an answer stricter.`,
      ),
    ])
  return sentences
}

const DECIDED = {
  allow: 'Countersign let it through at once',
  hold: 'Countersign did not let it act alone, and asked a person',
  forbid: 'Countersign refused',
} as const

function decidedOf({ decided }: Story): SummarySentence {
  const { boundary, reasons } = decided
  const [reason] = reasons
  return [
    strong(DECIDED[decided.decision]),
    ...(reason ? [text(`: ${lower(reason.text.replace(/\.$/, ''))}`)] : []),
    ...(reason?.rule ? [text(' (rule '), data(reason.rule), text(')')] : []),
    ...(boundary
      ? [
          text(`, under version ${boundary.version} of what this agent may do`),
          ...(boundary.signer ? [text(', signed by '), strong(boundary.signer.name)] : []),
          ...(boundary.signer && boundary.signedAt ? [text(' on '), time(boundary.signedAt)] : []),
        ]
      : [text('; nobody had signed what this agent may do')]),
    text('.'),
  ]
}

function answeredOf({ approval, frozen, steps }: Story): SummarySentence[] {
  if (approval === null) return []
  const sentences = approval.verdicts.map(({ person, answer, reason, at }): SummarySentence => [
    strong(person.name),
    text(
      ` ${answer === 'approve' ? 'approved' : 'rejected'} it after ${sayTook(Date.parse(at) - Date.parse(approval.openedAt))}`,
    ),
    ...(reason === '' ? [text(', without a word.')] : [text(', saying: '), quote(reason)]),
  ])
  if (sentences.length > 0) return sentences
  if (approval.status === 'expired') return [[text('Nobody answered in time, so it was refused.')]]
  if (approval.status === 'withdrawn') return [[text(`${withdrawnWords(steps)} before anybody answered.`)]]
  return [[text(frozen ? 'Nobody can answer while a halt is in force.' : 'Nobody has answered yet.')]]
}

const ENDED = {
  succeeded: 'It was carried out',
  failed: 'It was tried and failed',
  aborted: 'It was begun and stopped',
} as const

function endOf({ outcome, status }: Story): SummarySentence[] {
  if (outcome)
    return [
      [
        strong(ENDED[outcome.status]),
        text(' at '),
        time(outcome.at),
        text(outcome.durationMs === null ? '' : `, taking ${sayTook(outcome.durationMs)}`),
        text(', by the agent’s own account.'),
      ],
    ]
  if (status === 'unknown') return [[text('It was let through, and what came of it was never reported.')]]
  if (status === 'claimed') return [[text('It is being carried out; what came of it has not been reported.')]]
  if (status === 'allowed' || status === 'approved') return [[text('It has not been carried out.')]]
  return status === 'held' ? [] : [[text('It was not carried out.')]]
}

function standsOf({ owner }: Story): SummarySentence {
  if (!owner.then) return [text('Nobody answered for the agent at that time.')]
  const next = owner.since.find(({ owner: to }) => to.id !== owner.then?.id)
  return [
    strong(owner.then.name),
    text(' answered for the agent at that time'),
    ...(next ? [text('; since then it was handed to '), strong(next.owner.name), text(' on '), time(next.at)] : []),
    text('.'),
  ]
}

function provenOf({ proof, entries }: Story): SummarySentence {
  if (proof === null) return [text('The record of this is being given its place in the log.')]
  return [
    text(`Entry ${proof.index.toLocaleString('en')} of a tamper-evident log records this`),
    ...(entries.length > 1 ? [text(`, and ${entries.length - 1} more record what followed`)] : []),
    text('.'),
  ]
}

const count = (n: number, one: string, many = `${one}s`) => `${n === 1 ? 'one' : n} ${n === 1 ? one : many}`
const joined = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
const lower = (said: string) => said.charAt(0).toLowerCase() + said.slice(1)
