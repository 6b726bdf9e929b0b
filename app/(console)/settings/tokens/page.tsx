import type { Metadata } from 'next'
import { ActForm } from '@/components/people/act-form'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Table, Td, Th } from '@/components/table/table'
import { Button, ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, Select } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Flash } from '@/lib/people/session-flash'
import { tokensOf, type TokenRow } from '@/lib/people/read-own'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Your tokens' }
const MAKE = '/api/console/tokens'
const DAYS = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
] as const

const SCOPES = [
  ['read', 'It reads, and changes nothing'],
  ['draft', 'It reads, and drafts boundaries'],
  ['halt', 'It engages halts from a command line, and does nothing else'],
] as const

const MAY: Readonly<Record<string, string>> = {
  read: 'read',
  draft: 'read, and draft boundaries',
  halt: 'engage halts',
}

/** API tokens people make for themselves. */
export default async function TokensPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [tokens, flash, query] = await Promise.all([
    tokensOf(db(), actor.id, new Date()),
    said(searchParams),
    searchParams,
  ])
  const revoking = tokens.find(({ id }) => id === query.revoke)
  return (
    <Main>
      <PageHead
        title={
          tokens.length === 0
            ? 'You have no API tokens.'
            : `You have ${tokens.length} API ${tokens.length === 1 ? 'token' : 'tokens'}.`
        }
        lead="A token reads what you may read; one made for drafting also drafts the boundaries you may draft; one made for halts engages them and does nothing else. None signs, approves or lifts. It ends with your account, or when you revoke it."
      />
      <SettingsTabs current={paths.tokens()} />
      <NoticeOf flash={flash} />
      {revoking && (
        <ActForm
          id="revoke"
          title={`Revoke ${revoking.name}?`}
          action={`/api/console/tokens/${revoking.id}/revocation`}
          said={saidTo(flash, `/api/console/tokens/${revoking.id}/revocation`)}
          submit={`Revoke ${revoking.name}`}
          variant="neg"
          cancel={paths.tokens()}
          consequence="Whatever uses it fails on its next call. This cannot be taken back."
        />
      )}
      {tokens.length === 0 ? (
        <Empty kind="never" title="No tokens yet">
          A token lets a script read the console’s API as you, with <code>Authorization: Bearer cst_…</code>
        </Empty>
      ) : (
        <TokenTable tokens={tokens} />
      )}
      <Section id="make" title="Make a token">
        <MakeForm flash={flash} />
      </Section>
    </Main>
  )
}

function TokenTable({ tokens }: { tokens: readonly TokenRow[] }) {
  return (
    <Table label="Your API tokens" density={40}>
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Token</Th>
          <Th>May</Th>
          <Th>Made</Th>
          <Th>Last used</Th>
          <Th>Ends</Th>
          <Th>
            <span className="vh">Act</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">{token.name}</th>
            <Td mono quiet>
              cst_…{token.hint}
            </Td>
            <Td quiet>{MAY[token.scope] ?? token.scope}</Td>
            <Td quiet>
              <Time at={token.createdAt} />
            </Td>
            <Td quiet>{token.lastUsedAt === null ? 'never' : <Time at={token.lastUsedAt} show="relative" />}</Td>
            <Td quiet>
              <Time at={token.expiresAt} show="relative" />
            </Td>
            <Td>
              <ButtonLink size="sm" href={`${paths.tokens()}?revoke=${token.id}`}>
                Revoke…
              </ButtonLink>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function MakeForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, MAKE)
  return (
    <form method="post" action={MAKE} className="narrow-form">
      <FormErrors errors={form.errors} />
      <Field
        label="What is it for?"
        name="name"
        required
        maxLength={80}
        hint="So that you know later what stops when you revoke it."
        defaultValue={form.value('name')}
        error={form.error('name')}
      />
      <Select
        label="What may it do?"
        name="scope"
        choices={SCOPES}
        defaultValue={form.value('scope') ?? 'read'}
        error={form.error('scope')}
      />
      <Select
        label="How long"
        name="days"
        choices={DAYS}
        defaultValue={form.value('days') ?? '30'}
        error={form.error('days')}
      />
      <Button type="submit" variant="pri">
        Make the token
      </Button>
    </form>
  )
}
