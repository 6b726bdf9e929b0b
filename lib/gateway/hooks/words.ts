import type { ActionOutput } from '@/lib/decisions/contract'

const STOPPING: ReadonlySet<string> = new Set(['halted', 'agent_suspended'])

/** Why a call does not run, in words for the person at the session and for the model; `stop`: the session ends with it. */
export function wordsFor(answer: ActionOutput): { reason: string; stop: boolean } {
  const { id, status, frozen, reason, approval, question } = answer
  const decision = `Decision ${id}.`
  if (frozen)
    return { reason: `Countersign: a halt is in force. Nothing runs until two people lift it. ${decision}`, stop: true }
  switch (status) {
    case 'forbidden':
      return {
        reason: `Countersign forbids this: ${sentence(reason.text)} (${codeOf(reason)}) Do not try it another way. ${decision}`,
        stop: STOPPING.has(reason.code),
      }
    case 'held':
      return {
        reason: `Countersign: this waits for a person: ${sentence(reason.text)}${question === null ? '' : ` An approver asks: “${question.text}”`} Approve it at ${approval?.url ?? 'the inbox'}. Exactly the same call, asked again in this session, finds the answer. ${decision}`,
        stop: false,
      }
    case 'rejected':
      return { reason: `Countersign: a person rejected this. Do not try it another way. ${decision}`, stop: false }
    case 'expired':
      return { reason: `Countersign: nobody answered in time, so this does not run. ${decision}`, stop: false }
    case 'superseded':
      return {
        reason: `Countersign: what was approved no longer holds: ${sentence(reason.text)} Ask again. ${decision}`,
        stop: false,
      }
    default:
      return { reason: `Countersign: this does not run; it is ${status}. ${decision}`, stop: false }
  }
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
const codeOf = ({ code, rule }: ActionOutput['reason']): string => (rule === null ? code : `${code}, ${rule}`)
