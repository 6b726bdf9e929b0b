'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import type { VerdictInput, VerdictOutput } from '@/lib/approvals/contract'
import { paths } from '@/lib/core/paths'
import { nextAfter, type InboxView, type RequestDetail } from '@/lib/decisions/request'
import { isApiProblem, postJson } from '../shell/api'
import { useToast } from '../ui/toast'
import { INBOX } from './queries'
import { saidOf } from './verdict-words'

/**
 * Sends one verdict. Nothing is shown as done before the server said so; then the inbox is read again and the next request
 * is opened, whose headline takes the focus. A refusal reads this request again, because something about it has changed.
 */
export function useVerdict(request: RequestDetail) {
  const queries = useQueryClient()
  const router = useRouter()
  const toast = useToast()
  const mine = useSearchParams().get('show') === 'mine'
  const reread = () => queries.invalidateQueries({ queryKey: INBOX })
  const mutation = useMutation({
    mutationFn: (input: VerdictInput) => postJson<VerdictOutput>(`/api/console/approvals/${request.id}/verdict`, input),
    onSuccess: (output, input) => {
      toast(saidOf(request, output, input.answer))
      const waiting = queries.getQueryData<InboxView>(INBOX)?.rows.filter((row) => !row.frozen && row.yours.ok) ?? []
      const next = nextAfter(waiting, request.id, new Date())
      router.push((next ? paths.approval(next.id) : paths.approvals()) + (mine ? '?show=mine' : ''))
      void reread()
    },
    onError: () => void reread(),
  })
  const { error } = mutation
  return {
    send: mutation.mutate,
    busy: mutation.isPending || mutation.isSuccess,
    refused: error
      ? { code: isApiProblem(error) ? error.code : ('internal' as const), detail: error.message }
      : undefined,
    forget: mutation.reset,
    reread: () => void reread(),
  }
}
