import { Check, KeyRound } from 'lucide-react'
import { CopyButton } from '@/components/ui/copy-button'
import { Icon } from '@/components/ui/icon'
import { RegionError } from '@/components/ui/region-error'
import type { Flash } from '@/lib/people/session-flash'
import { isForThePage } from './said'

/**
 * What came of the last plain form, at the top of its page: a sentence, and what is shown only this once; or why nothing did,
 * where no form is left to say it.
 */
export function NoticeOf({ flash }: { flash: Flash | undefined }) {
  if (flash?.errors !== undefined && isForThePage(flash))
    return (
      <RegionError tone="hold" title="Nothing was changed.">
        {flash.errors.map(({ detail }) => detail).join(' ')}
      </RegionError>
    )
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
