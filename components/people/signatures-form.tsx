import { Button } from '@/components/ui/button'
import { Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import type { Permission } from '@/lib/people/permission'
import type { SigningRule } from '@/lib/people/read-passkeys'
import type { Said } from './said'

const CHOICES = [
  ['once_registered', 'As soon as a ciso has a passkey'],
  ['always', 'Always'],
] as const

/** When signatures need a passkey: how it is now, and for a ciso, the choice. */
export function SignaturesForm({ rule, may, said }: { rule: SigningRule; may: Permission; said: Said }) {
  const now =
    rule.signatures === 'always'
      ? 'Every signature needs a passkey.'
      : rule.needed
        ? 'A ciso has had a passkey here, so every signature needs one.'
        : 'No ciso has had a passkey here yet: a signature is given in a password session and marked so, until the first one has.'
  return (
    <>
      <p>{now}</p>
      <p className="t2">
        There is no choice of doing without one again: whoever could take it back could sign as a ciso.
      </p>
      {may.ok ? (
        <form method="post" action="/api/console/signatures" className="narrow-form">
          <FormErrors errors={said.errors} />
          <Select
            label="Signatures of boundaries and the baseline need a passkey"
            name="signatures"
            choices={CHOICES}
            defaultValue={said.value('signatures') ?? rule.signatures}
            error={said.error('signatures')}
          />
          <Button type="submit">Save</Button>
        </form>
      ) : (
        <p className="t2 s12">{may.reason}</p>
      )}
    </>
  )
}
