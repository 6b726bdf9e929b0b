'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Eye, Hand } from 'lucide-react'
import type { FormEvent } from 'react'
import type { LookingAct } from '@/lib/approvals/looking'
import type { LookingAt, RequestDetail } from '@/lib/decisions/request'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Time } from '../ui/time'
import { LOOKING, lookingAt, sayLooking, useLookers, useSayLooking } from './looking'

/**
 * Who else looks at this request, and who has taken it, with the button to take it or to give it back. It blocks nobody, which it
 * says; a plain form first, as everywhere.
 * @param opened whether somebody opened it, rather than it being shown because it is the first
 */
export function WhoLooks({ request, opened }: { request: RequestDetail; opened: boolean }) {
  const queries = useQueryClient()
  const may = request.status === 'pending' && (request.you.approve.ok || request.you.reject.ok)
  useSayLooking(request.id, may && opened)
  const at = lookingAt(useLookers(), request.id)
  const mine = at?.taken?.you === true
  const others = at?.looking.filter(({ id, you }) => !you && id !== at.taken?.id) ?? []
  const act: LookingAct = mine ? 'release' : 'take'
  const { mutate, isPending, error } = useMutation({
    mutationFn: (said: LookingAct) => sayLooking(request.id, said),
    onSettled: () => queries.invalidateQueries({ queryKey: LOOKING }),
  })
  if (request.status !== 'pending') return null
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    mutate(act)
  }
  return (
    <section aria-label="Who is looking" className="who-looks">
      <div role="status">
        {at?.taken && (
          <p>
            <Icon of={Hand} /> <b>{mine ? 'You have taken it' : `${at.taken.name} has taken it`}</b>,{' '}
            <Time at={at.taken.at} show="relative" />. {mine ? 'Others see that.' : 'You may answer all the same.'}
          </p>
        )}
        {others.map((one) => (
          <p key={one.id}>
            <Icon of={Eye} /> <b>{one.name} is looking</b>, since <Time at={one.since} show="minute" />.
          </p>
        ))}
      </div>
      {may && (
        <form method="post" action={`/api/console/approvals/${request.id}/looking`} onSubmit={submit}>
          <input type="hidden" name="act" value={act} />
          <Button type="submit" size="sm" busy={isPending}>
            {mine ? 'Release it' : at?.taken ? 'I take it instead' : 'I take it'}
          </Button>
          {error && <p role="alert">{error.message}</p>}
        </form>
      )}
    </section>
  )
}

/** The same in a row of the inbox, in two words. */
export function LookingFlag({ at }: { at: LookingAt | undefined }) {
  if (at?.taken)
    return (
      <span className="fl">
        <Icon of={Hand} size="xs" />
        {at.taken.you ? 'you have it' : `${first(at.taken.name)} has it`}
      </span>
    )
  const other = at?.looking.find(({ you }) => !you)
  if (!other) return null
  return (
    <span className="fl">
      <Icon of={Eye} size="xs" />
      {first(other.name)} is looking
    </span>
  )
}

const first = (name: string): string => name.split(' ', 1)[0] ?? name
