'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { takesPasskey } from '@/lib/approvals/assurance'
import type { VerdictInput, VerdictOutput } from '@/lib/approvals/contract'
import { paths } from '@/lib/core/paths'
import { nextAfter, type InboxView, type LookingView, type RequestDetail } from '@/lib/decisions/request'
import { isApiProblem, postJson } from '../shell/api'
import { useToast } from '../ui/toast'
import { LOOKING, takenByOthers } from './looking'
import { APPROVALS, inboxKey } from './queries'
import { readShow, showQuery } from './show'
import type { Refused } from './verdict'
import { saidOf } from './verdict-words'

/**
 * Sends one verdict. Nothing is shown as done before the server said so; then the inbox is read again and the next request
 * is opened, whose headline takes the focus. A refusal reads this request again, because something about it has changed.
 */
export function useVerdict(request: RequestDetail) {
  const queries = useQueryClient()
  const router = useRouter()
  const toast = useToast()
  const show = readShow(useSearchParams())
  /** what a passkey is being asked to sign */
  const [signing, setSigning] = useState<string | null>(null)
  const reread = () => queries.invalidateQueries({ queryKey: APPROVALS })
  const waiting = () =>
    queries.getQueryData<InboxView>(inboxKey(show))?.rows.filter((row) => !row.frozen && row.yours.ok) ?? []
  const mutation = useMutation({
    mutationFn: async (input: VerdictInput) => {
      const path = `/api/console/approvals/${request.id}`
      const assertion = takesPasskey(request.takes, input.answer, true)
        ? await signedBy(`${path}/challenge`, input, setSigning)
        : undefined
      return postJson<VerdictOutput>(`${path}/verdict`, { ...input, assertion })
    },
    onSettled: () => {
      setSigning(null)
    },
    onSuccess: async (output, input) => {
      // it was a test: this page says what there was to find, before anything else is answered
      if (output.told) return void reread()
      toast(saidOf(request, output, input.answer))
      const before = waiting()
      const taken = takenByOthers(queries.getQueryData<LookingView>(LOOKING) ?? [])
      const below = nextAfter(before, request.id, new Date(), show.order, taken)
      const go = (next: { id: string } | undefined) => {
        router.push((next ? paths.approval(next.id) : paths.approvals()) + showQuery(show))
      }
      const row = before.find(({ alike }) => alike.key === request.alike.key)
      if ((row?.alike.count ?? 1) < 2) {
        // at once: whoever follows the link in the message meanwhile is not taken elsewhere
        go(below)
        return void reread()
      }
      // What is alike was one row, which now is another of its kind: that one is next, and else the one below.
      await reread()
      const after = waiting().filter(({ id }) => id !== request.id)
      go(
        after.find(({ alike }) => alike.key === request.alike.key) ??
          after.find(({ id }) => id === below?.id) ??
          nextAfter(after, request.id, new Date(), show.order, taken),
      )
    },
    onError: () => void reread(),
  })
  const { error } = mutation
  return {
    send: mutation.mutate,
    busy: mutation.isPending || mutation.isSuccess,
    signing,
    refused: error ? refusalIn(error) : undefined,
    forget: mutation.reset,
    reread: () => void reread(),
  }
}

/** Asks the passkey; what it takes is loaded where one is. What kept it from answering is thrown as a sentence. */
async function signedBy(challenge: string, input: VerdictInput, signing: (words: string) => void) {
  const { askPasskey, passkeyProblem } = await import('../people/use-passkey')
  return askPasskey(challenge, input, signing).catch((error: unknown) => {
    throw isApiProblem(error) ? error : new Error(passkeyProblem(error))
  })
}

/** Why nothing was recorded: the server's word, or what kept a passkey from answering. */
function refusalIn(error: Error): Refused {
  if (isApiProblem(error)) return { code: error.code, detail: error.message }
  return error instanceof TypeError
    ? { code: 'internal', detail: error.message }
    : { code: 'passkey_unanswered', detail: error.message }
}
