'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { isApiProblem, postJson } from '../shell/api'
import { APPROVALS } from './queries'

/** Sends one act on a request and reads everything about approvals again, whatever came of it: something may have changed meanwhile. */
export function useAct<T extends object>(path: string, done: () => void) {
  const queries = useQueryClient()
  const mutation = useMutation({
    mutationFn: (input: T) => postJson<object>(path, input),
    onSuccess: done,
    onSettled: () => void queries.invalidateQueries({ queryKey: APPROVALS }),
  })
  const { error } = mutation
  return {
    send: mutation.mutate,
    busy: mutation.isPending,
    refused: error ? { detail: error.message, field: isApiProblem(error) ? error.field : undefined } : undefined,
  }
}
