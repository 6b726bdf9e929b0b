'use client'

import { Moon, Sun } from 'lucide-react'
import type { FormEvent } from 'react'
import { Icon } from '../ui/icon'
import { parseTheme, THEME_COOKIE, THEME_MAX_AGE } from './theme'

/** Pins light or dark. A plain form, so that it works without JavaScript; with it, without leaving the page. */
export function ThemeToggle() {
  const pin = (event: FormEvent<HTMLFormElement>) => {
    const button = (event.nativeEvent as SubmitEvent).submitter
    const theme = button instanceof HTMLButtonElement ? parseTheme(button.value) : undefined
    if (!theme) return
    event.preventDefault()
    document.documentElement.dataset.theme = theme
    document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${THEME_MAX_AGE}; samesite=lax`
  }
  return (
    <form className="themer" method="post" action="/api/console/theme" onSubmit={pin}>
      <button
        className="icon-btn to-dark"
        name="theme"
        value="dark"
        aria-label="Switch to the dark theme"
        title="Switch to the dark theme"
      >
        <Icon of={Moon} size="md" />
      </button>
      <button
        className="icon-btn to-light"
        name="theme"
        value="light"
        aria-label="Switch to the light theme"
        title="Switch to the light theme"
      >
        <Icon of={Sun} size="md" />
      </button>
    </form>
  )
}
