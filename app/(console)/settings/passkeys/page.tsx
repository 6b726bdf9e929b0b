import type { Metadata } from 'next'
import { VerdictRulesForm } from '@/components/approvals/verdict-rules-form'
import { ActForm } from '@/components/people/act-form'
import { NoticeOf } from '@/components/people/notice'
import { PasskeyAddForm } from '@/components/people/passkey-add-form'
import { PasskeyRemoveForm } from '@/components/people/passkey-remove-form'
import { saidTo } from '@/components/people/said'
import { SettingsTabs } from '@/components/people/settings-tabs'
import { SignaturesForm } from '@/components/people/signatures-form'
import { Main, PageHead, Section } from '@/components/shell/page'
import { Table, Td, Th } from '@/components/table/table'
import { ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field } from '@/components/ui/field'
import { Time } from '@/components/ui/time'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { verdictRules } from '@/lib/decisions/read-verdict-rules'
import { can } from '@/lib/people/permission'
import { passkeysOf, signingRule, type PasskeyRow } from '@/lib/people/read-passkeys'
import type { Flash } from '@/lib/people/session-flash'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'Your passkeys' }

/** One’s passkeys, and when a signature needs one. */
export default async function PasskeysPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [keys, rule, verdicts, flash, query] = await Promise.all([
    passkeysOf(db(), actor.id),
    signingRule(db(), actor.id),
    verdictRules(db()),
    said(searchParams),
    searchParams,
  ])
  return (
    <Main>
      <PageHead
        title={
          keys.length === 0
            ? 'You have no passkey.'
            : `You have ${String(keys.length)} ${keys.length === 1 ? 'passkey' : 'passkeys'}.`
        }
        lead="A passkey puts your name to exactly what was shown to you, and anybody can check it later. Nobody adds or removes one but you."
      />
      <SettingsTabs current={paths.passkeys()} />
      <NoticeOf flash={flash} />
      <Act keys={keys} query={query} flash={flash} />
      {keys.length === 0 ? (
        <Empty kind="never" title="No passkeys yet">
          A fingerprint reader, a telephone or a security key signs for you; this console keeps only its public key.
        </Empty>
      ) : (
        <PasskeyTable keys={keys} />
      )}
      <Section id="add" title="Add a passkey">
        {rule.possible ? (
          <PasskeyAddForm proves={rule.has} />
        ) : (
          <p className="t2">
            A passkey is for a name, and this console is at an address of digits. Whoever runs it sets{' '}
            <code>PUBLIC_URL</code> to its name, such as https://countersign.example.com.
          </p>
        )}
      </Section>
      <Section id="signatures" title="When a signature needs a passkey">
        <SignaturesForm
          rule={rule}
          may={can(actor, 'signatures.govern')}
          said={saidTo(flash, '/api/console/signatures')}
        />
      </Section>
      <Section id="verdicts" title="When a verdict takes a passkey, and a reason">
        <VerdictRulesForm
          rules={verdicts}
          signing={rule}
          may={can(actor, 'verdicts.govern')}
          said={verdictRulesSaid(saidTo(flash, '/api/console/verdict-rules'))}
        />
      </Section>
    </Main>
  )
}

/** What was chosen and refused, as a form that runs in the browser takes it. */
function verdictRulesSaid({ errors, value }: ReturnType<typeof saidTo>) {
  const [passkeyFrom, reasonFrom] = [value('passkeyFrom'), value('reasonFrom')]
  return { errors, ...(passkeyFrom && { passkeyFrom }), ...(reasonFrom && { reasonFrom }) }
}

function Act({
  keys,
  query,
  flash,
}: {
  keys: readonly PasskeyRow[]
  query: Record<string, unknown>
  flash: Flash | undefined
}) {
  const removing = keys.find(({ id }) => id === query.remove)
  if (removing !== undefined)
    return (
      <PasskeyRemoveForm
        id={removing.id}
        name={removing.name}
        last={keys.length === 1}
        errors={saidTo(flash, `/api/console/passkeys/${removing.id}/removal`).errors}
        cancel={paths.passkeys()}
      />
    )
  const renaming = keys.find(({ id }) => id === query.rename)
  if (renaming === undefined) return null
  const action = `/api/console/passkeys/${renaming.id}/name`
  const form = saidTo(flash, action)
  return (
    <ActForm
      id="rename"
      title={`Rename “${renaming.name}”`}
      action={action}
      said={form}
      submit="Rename it"
      cancel={paths.passkeys()}
    >
      <Field
        label="Its new name"
        name="name"
        required
        maxLength={60}
        defaultValue={form.value('name') ?? renaming.name}
        error={form.error('name')}
      />
    </ActForm>
  )
}

function PasskeyTable({ keys }: { keys: readonly PasskeyRow[] }) {
  return (
    <Table label="Your passkeys" density={40}>
      <thead>
        <tr>
          <Th>Name</Th>
          <Th>Kept</Th>
          <Th>Added</Th>
          <Th>Last used</Th>
          <Th>
            <span className="vh">Act</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {keys.map(({ id, name, synced, createdAt, lastUsedAt }) => (
          <tr key={id}>
            <th scope="row">{name}</th>
            <Td quiet>{synced ? 'synced to your devices' : 'on one device'}</Td>
            <Td quiet>
              <Time at={createdAt} />
            </Td>
            <Td quiet>{lastUsedAt === null ? 'never' : <Time at={lastUsedAt} show="relative" />}</Td>
            <Td>
              <span className="acts">
                <ButtonLink size="sm" href={`${paths.passkeys(`rename=${id}`)}#act`}>
                  Rename…
                </ButtonLink>
                <ButtonLink size="sm" href={`${paths.passkeys(`remove=${id}`)}#act`}>
                  Remove…
                </ButtonLink>
              </span>
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
