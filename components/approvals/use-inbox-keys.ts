'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type RefObject, useEffect, useEffectEvent, useState } from 'react'
import type { Answer } from '@/lib/approvals/approval'
import { paths } from '@/lib/core/paths'
import type { LookingView } from '@/lib/decisions/request'
import { isApiProblem } from '../shell/api'
import { type KeyAct, keyAct } from './inbox-key'
import { keysOffIn } from './keys-setting'
import { LOOKING, lookingAt, sayLooking } from './looking'

/** The answer whose form is opened once its request is: `a` and `d` on another row lead to another page. */
let wanted: { id: string; answer: Answer } | undefined

export type InboxKeys = { help: boolean; setHelp: (open: boolean) => void; said: string }

/**
 * The keys of the inbox: they act while the focus is in the list or on the request beside it, never in a field, and not where the
 * person switched them off (WCAG 2.1.4). None of them commits anything.
 * @param list the region of the list
 * @param open `apr_…` of the request beside it
 * @param show how the list is shown, as a query
 */
export function useInboxKeys(list: RefObject<HTMLElement | null>, open: string | undefined, show: string): InboxKeys {
  const [help, setHelp] = useState(false)
  const [said, setSaid] = useState('')
  const router = useRouter()
  const queries = useQueryClient()

  const take = async (id: string) => {
    const mineNow = lookingAt(queries.getQueryData<LookingView>(LOOKING) ?? [], id)?.taken?.you === true
    try {
      await sayLooking(id, mineNow ? 'release' : 'take')
      setSaid(mineNow ? 'Released.' : 'You have taken it; others see that.')
    } catch (error) {
      if (!isApiProblem(error)) throw error
      setSaid(error.message)
    }
    await queries.invalidateQueries({ queryKey: LOOKING })
  }

  const act = useEffectEvent((asked: KeyAct) => {
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a[data-request]') ?? [])]
    const focused = links.findIndex((link) => link === document.activeElement)
    const at = focused >= 0 ? focused : links.findIndex((link) => link.dataset['request'] === open)
    const id = links[at]?.dataset['request'] ?? open
    switch (asked) {
      case 'next':
      case 'previous': {
        const to = focused < 0 ? Math.max(at, 0) : at + (asked === 'next' ? 1 : -1)
        links[Math.min(Math.max(to, 0), links.length - 1)]?.focus()
        return
      }
      case 'approve':
      case 'reject':
        if (id === undefined) return
        if (id === open) return focusAnswer(asked)
        wanted = { id, answer: asked }
        return router.push(paths.approval(id) + show)
      case 'take':
        if (id !== undefined) void take(id)
        return
      case 'help':
        return setHelp(true)
    }
  })

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const from = event.target
      if (!(from instanceof HTMLElement) || !actsFrom(from, list.current) || keysOffIn(document.cookie)) return
      const asked = keyAct(event)
      if (asked === undefined) return
      event.preventDefault()
      act(asked)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [list])

  useEffect(() => {
    if (wanted === undefined || wanted.id !== open) return
    const { answer } = wanted
    wanted = undefined
    // after the headline has had the focus, which a new page gives it
    const timer = setTimeout(() => focusAnswer(answer))
    return () => clearTimeout(timer)
  }, [open])

  return { help, setHelp, said }
}

/** Only from the list and the request, and from nothing in them that takes text or keys of its own. */
function actsFrom(target: HTMLElement, list: HTMLElement | null): boolean {
  const inside = list?.contains(target) === true || target.closest('article.one') !== null
  return inside && target.closest('input, textarea, select, dialog, [contenteditable="true"]') === null
}

/** The form, at that answer, which stays unchosen; where there is none, the seats, which say why. */
function focusAnswer(answer: Answer): void {
  const radio = document.querySelector<HTMLInputElement>(`article.one form input[name="answer"][value="${answer}"]`)
  const place = radio && !radio.disabled ? radio : document.getElementById('who')
  place?.focus()
  place?.scrollIntoView({ block: 'nearest' })
}
