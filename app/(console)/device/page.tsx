import type { Metadata } from 'next'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Main, PageHead } from '@/components/shell/page'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Let a command line in' }
const ACTION = '/api/console/device-logins'

/** Where the code of a command line is typed (RFC 8628 §3.3), or stands already when its link was followed. A plain form. */
export default async function DevicePage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  await signedIn()
  const [flash, query] = await Promise.all([said(searchParams), searchParams])
  const form = saidTo(flash, ACTION)
  const linked = typeof query.user_code === 'string' ? query.user_code.slice(0, 20) : undefined
  return (
    <Main>
      <PageHead
        title="Let a command line in"
        lead="Your terminal shows a code after npx countersign login. Type it here; what asks is shown before you answer."
      />
      <NoticeOf flash={flash} />
      <form method="post" action={ACTION} className="narrow-form">
        <FormErrors errors={form.errors} />
        <Field
          label="The code in your terminal"
          name="user_code"
          required
          maxLength={20}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          hint="Eight letters, like WDJB-MJHT. If somebody sent you this code, or this link, do not go on: they would be you."
          defaultValue={form.value('user_code') ?? linked}
          error={form.error('user_code')}
        />
        <Button type="submit" variant="pri">
          Show what asks
        </Button>
      </form>
    </Main>
  )
}
