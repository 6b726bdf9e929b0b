import type { ProviderView } from '@/lib/signals/read'
import type { Permission } from '@/lib/people/permission'
import type { Said } from '../people/said'
import { Button } from '../ui/button'
import { Fact, Facts } from '../ui/facts'
import { Field, Option } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { HostileText } from '../ui/hostile-text'

const API = '/api/console/identity-providers'

/** One identity provider: what is checked of its tokens, whom of theirs we know, and how it is heard no more. */
export function Provider({
  provider,
  may,
  said,
}: {
  provider: ProviderView
  may: Permission
  said: (form: string) => Said
}) {
  const form = `${API}/${provider.id}/subjects`
  const link = said(form)
  return (
    <article>
      <h3>{provider.name}</h3>
      <Facts>
        <Fact term="Issuer">
          <code className="any">{provider.issuer}</code>
        </Fact>
        <Fact term="Audience">
          <code className="any">{provider.audience}</code>
        </Fact>
        <Fact term="Keys">
          <code className="any">{provider.jwksUrl}</code>
          {provider.private && ', in our own network'}
        </Fact>
        <Fact term="People it names otherwise">
          {provider.linked.length === 0
            ? 'none: people are found by their address'
            : provider.linked.map(({ subject, name }) => (
                <span key={subject} className="any">
                  <HostileText text={subject} max={120} /> is {name}
                  <br />
                </span>
              ))}
        </Fact>
      </Facts>
      {may.ok && (
        <>
          <form method="post" action={form} className="narrow-form mt-4" aria-label={`A person of ${provider.name}`}>
            <FormErrors errors={link.errors} />
            <Field
              label="Subject at the provider"
              name="subject"
              required
              maxLength={255}
              error={link.error('subject')}
            />
            <Field
              label="Their address here"
              name="email"
              type="email"
              required
              maxLength={254}
              error={link.error('email')}
            />
            <Button type="submit" size="sm">
              Note who that is
            </Button>
          </form>
          <form method="post" action={`${API}/${provider.id}/removal`} className="mt-4">
            <Button type="submit" size="sm">
              Hear {provider.name} no more
            </Button>
          </form>
        </>
      )}
    </article>
  )
}

/** Hearing one more. */
export function TrustForm({ audience, said }: { audience: string; said: Said }) {
  return (
    <form method="post" action={API} className="narrow-form">
      <FormErrors errors={said.errors} />
      <Field
        label="Name"
        name="name"
        required
        maxLength={80}
        defaultValue={said.value('name')}
        error={said.error('name')}
      />
      <Field
        label="Issuer"
        name="issuer"
        required
        maxLength={500}
        placeholder="https://idp.example.com"
        hint="Exactly as its tokens say it."
        defaultValue={said.value('issuer')}
        error={said.error('issuer')}
      />
      <Field
        label="Audience"
        name="audience"
        required
        maxLength={500}
        hint="What its tokens say they are meant for. Set the same there."
        defaultValue={said.value('audience') ?? audience}
        error={said.error('audience')}
      />
      <Field
        label="Address of its keys"
        name="jwks_url"
        type="url"
        required
        maxLength={2_000}
        placeholder="https://idp.example.com/.well-known/jwks.json"
        defaultValue={said.value('jwks_url')}
        error={said.error('jwks_url')}
      />
      <Option type="checkbox" name="private" value="on" defaultChecked={said.value('private') === 'on'}>
        It is in our own network
      </Option>
      <Button type="submit" variant="pri">
        Hear it
      </Button>
    </form>
  )
}
