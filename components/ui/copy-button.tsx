'use client'

import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Icon } from './icon'

/** Copies a text and says so. Without JavaScript it would do nothing, so what it copies must be readable beside it. */
export function CopyButton({ text, what, label }: { text: string; what: string; label?: string }) {
  const [copied, setCopied] = useState<boolean | null>(null)
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <>
      <button
        type="button"
        className={label ? 'btn sm' : 'icon-btn'}
        onClick={copy}
        title={`Copy ${what}`}
        aria-label={label ? undefined : `Copy ${what}`}
      >
        <Icon of={copied ? Check : Copy} size="xs" />
        {label}
      </button>
      <span className={copied === false ? 's12 t3' : 'vh'} role="status">
        {copied ? `Copied ${what}` : copied === false ? 'The browser did not allow copying: select it by hand' : ''}
      </span>
    </>
  )
}
