import { Check, KeyRound } from 'lucide-react'
import { CopyButton } from '@/components/ui/copy-button'
import { Icon } from '@/components/ui/icon'
import type { Flash } from '@/lib/people/session-flash'

/** What came of the last plain form, at the top of its page: a sentence, and what is shown only this once. */
export function NoticeOf({ flash }: { flash: Flash | undefined }) {
  if (flash?.notice === undefined) return null
  const { text, secret } = flash.notice
  return (
    <div className="once" role="status">
      <p>
        <Icon of={secret === undefined ? Check : KeyRound} /> {text}
      </p>
      {secret !== undefined && (
        <p className="secret">
          <code>{secret}</code> <CopyButton text={secret} what="it" label="Copy" />
        </p>
      )}
    </div>
  )
}
