import type { DraftedFromUse } from '@/lib/trials/draft-from-use'
import { Note } from '../ui/banner'

const number = (value: number): string => value.toLocaleString('en')

/** What a draft from use was made of, and what its reader has to look at. Nothing is saved yet. */
export function FromUseNote({ of }: { of: DraftedFromUse }) {
  const { uses, days, guesses, answers, unread, whole } = of
  return (
    <Note tone="inkc">
      <b>
        Drafted from {number(uses)} uses in the last {days} days, with {number(guesses)} guesses.
      </b>{' '}
      Of these uses it would allow {number(answers.allow)}, hold {number(answers.hold)} and forbid{' '}
      {number(answers.forbid)}. Each guess is marked <code># guess:</code> in the text; nothing is saved until you save
      it.
      {unread > 0 && ` What ${number(unread)} more asked could not be read, and they are left out.`}
      {!whole && ' There was more: only the newest uses are in it.'}
    </Note>
  )
}
