'use client'

import { type RefObject, useEffect } from 'react'

/** Where the list was, in pixels: another request is another page with the same list beside it. */
let kept = 0

/** Keeps where a list was scrolled to from one page to the next, as far as the request that is open stays in view. */
export function useKeptScroll(list: RefObject<HTMLElement | null>, open: string | undefined): void {
  useEffect(() => {
    const box = list.current
    if (!box) return
    box.scrollTo({ top: kept })
    const row = box.querySelector<HTMLElement>('[aria-current="page"]')
    if (row) {
      const [top, bottom] = [row.offsetTop - box.offsetTop, row.offsetTop - box.offsetTop + row.offsetHeight]
      if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight)
        box.scrollTo({ top: Math.max(0, top - box.clientHeight / 3) })
    }
    const keep = () => {
      kept = box.scrollTop
    }
    keep()
    box.addEventListener('scroll', keep, { passive: true })
    return () => box.removeEventListener('scroll', keep)
  }, [list, open])
}
