'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import type { LookingInput } from '@/lib/approvals/contract'
import { LOOKING_HIDDEN, LOOKING_RENEW, type LookingAct } from '@/lib/approvals/looking'
import type { LookingAt, LookingView } from '@/lib/decisions/request'
import { getJson, isApiProblem, postJson } from '../shell/api'
import { useLive } from '../shell/live'

export const LOOKING = ['looking'] as const
/** A page that is only passed by is not looked at. */
const DWELL = 250

/** Says of the person who is signed in that they look at a request, take it, release it or leave it. @throws ApiProblem */
export function sayLooking(id: string, act: LookingAct, keepalive = false): Promise<void> {
  return postJson(`/api/console/approvals/${id}/looking`, { act } satisfies LookingInput, { keepalive })
}

/** Who looks at which request, kept current by the live stream, and read again when the next word is over. */
export function useLookers(): LookingView {
  const queries = useQueryClient()
  useLive('looking', () => queries.invalidateQueries({ queryKey: LOOKING }))
  const { data } = useQuery<LookingView>({
    queryKey: LOOKING,
    queryFn: ({ signal }) => getJson<LookingView>('/api/console/approvals/looking', { signal }),
    initialData: [],
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state }) =>
      state.data && state.data.length > 0 ? Math.min(...state.data.map(({ lapsesIn }) => lapsesIn)) + DWELL : false,
  })
  return data
}

/** The requests that others have taken. */
export function takenByOthers(view: LookingView): ReadonlySet<string> {
  return new Set(view.flatMap(({ request, taken }) => (taken && !taken.you ? [request] : [])))
}

/** What stands about one request. */
export const lookingAt = (view: LookingView, id: string): LookingAt | undefined =>
  view.find(({ request }) => request === id)

/**
 * Says that this page looks at a request for as long as it does: not once it is closed, nor when it has been hidden for a while. It
 * is a courtesy, so a word that did not arrive is not worth one to the reader: the next is said in a few seconds.
 * @param on whether the person who looks could answer it
 */
export function useSayLooking(id: string, on: boolean): void {
  const say = useEffectEvent((act: LookingAct, closing = false) =>
    sayLooking(id, act, closing).catch((error: unknown) => {
      if (!isApiProblem(error)) throw error
    }),
  )
  useEffect(() => {
    if (!on) return
    const channel = new BroadcastChannel('countersign-looking')
    let here = false
    let hidden: ReturnType<typeof setTimeout> | undefined
    const renew = setInterval(() => {
      if (here) void say('look')
    }, LOOKING_RENEW)
    const come = () => {
      clearTimeout(hidden)
      if (here) return
      here = true
      void say('look')
    }
    const go = () => {
      clearTimeout(hidden)
      if (!here) return
      here = false
      void say('leave', true)
      channel.postMessage(id)
    }
    // All tabs of a person are one word: where another still shows the request, it says so again.
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (data !== id) return
      setTimeout(() => {
        if (here) void say('look')
      }, DWELL)
    }
    const turn = () => {
      clearTimeout(hidden)
      if (document.hidden) hidden = setTimeout(go, LOOKING_HIDDEN)
      else come()
    }
    const dwell = setTimeout(turn, DWELL)
    document.addEventListener('visibilitychange', turn)
    window.addEventListener('pagehide', go)
    window.addEventListener('pageshow', turn)
    return () => {
      document.removeEventListener('visibilitychange', turn)
      window.removeEventListener('pagehide', go)
      window.removeEventListener('pageshow', turn)
      clearTimeout(dwell)
      clearInterval(renew)
      go()
      channel.close()
    }
  }, [id, on])
}
