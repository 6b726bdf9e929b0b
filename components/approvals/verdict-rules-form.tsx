'use client'

import type { VerdictRules } from '@/lib/decisions/assurance'
import { STAKES } from '@/lib/decisions/stakes-order'
import type { Permission } from '@/lib/people/permission'
import type { SigningRule } from '@/lib/people/read-passkeys'
import { PasskeyAsking } from '../people/passkey-asking'
import type { Said } from '../people/said'
import { usePasskeyForm } from '../people/use-passkey'
import { Button } from '../ui/button'
import { Select } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

const WORDS = { low: 'Low: always', medium: 'Medium', high: 'High', critical: 'Critical' } as const
const CHOICES = STAKES.map((one) => [one, WORDS[one]] as const)
const ACTION = '/api/console/verdict-rules'

/** From what is at stake an approval takes a passkey, and a reason: how it is now, and for a ciso, the choice. */
export function VerdictRulesForm({
  rules,
  signing,
  may,
  said,
}: {
  rules: VerdictRules
  /** whether this change takes a passkey, as a signature would */
  signing: SigningRule
  may: Permission
  said: Pick<Said, 'errors'> & { passkeyFrom?: string; reasonFrom?: string }
}) {
  const { asking, onSubmit } = usePasskeyForm(`${ACTION}/challenge`, signing.needed)
  return (
    <>
      <p>
        An approval takes a passkey where what is at stake is {atLeastWords(rules.passkeyFrom)}, and a reason where it
        is {atLeastWords(rules.reasonFrom)}.
      </p>
      {!rules.chosen && !signing.needed && (
        <p>
          No ciso has a passkey yet and nobody has chosen, so no approval takes one for now, unless a boundary says so.
        </p>
      )}
      <p className="t2">
        A boundary may ask for a passkey below that. Rejecting takes none unless a boundary says so. What waits already
        keeps what it was asked with.
      </p>
      {may.ok ? (
        <form
          method="post"
          action={ACTION}
          onSubmit={onSubmit}
          className="narrow-form"
          aria-label="What a verdict takes"
        >
          <FormErrors errors={said.errors} />
          <input type="hidden" name="assertion" defaultValue="" />
          <Select
            label="A passkey is needed to approve from"
            name="passkeyFrom"
            choices={CHOICES}
            defaultValue={said.passkeyFrom ?? rules.passkeyFrom}
            error={said.errors.find(({ field }) => field === 'passkeyFrom')?.detail}
          />
          <Select
            label="A reason is needed to approve from"
            name="reasonFrom"
            choices={CHOICES}
            defaultValue={said.reasonFrom ?? rules.reasonFrom}
            error={said.errors.find(({ field }) => field === 'reasonFrom')?.detail}
          />
          {signing.needed && <PasskeyAsking asking={asking} />}
          <Button type="submit" busy={asking.busy}>
            Save what a verdict takes
          </Button>
        </form>
      ) : (
        <p className="t2 s12">{may.reason}</p>
      )}
    </>
  )
}

const atLeastWords = (from: VerdictRules['passkeyFrom']): string =>
  from === 'critical' ? 'critical' : from === 'low' ? 'anything at all' : `${from} or more`
