import { paths } from '@/lib/core/paths'
import type { UpstreamView } from '@/lib/upstreams/read'
import { signingSentence } from '@/lib/upstreams/upstream'
import { ActForm } from '../people/act-form'
import type { Said } from '../people/said'
import { Field, TextArea } from '../ui/field'

/** Signs for a server, in one's own name. */
export function SignForm({ of, action, said }: { of: UpstreamView; action: string; said: Said }) {
  return (
    <ActForm
      id="sign"
      title={`Sign for ${of.name}?`}
      action={action}
      said={said}
      submit="Sign and connect it"
      cancel={paths.upstream(of.name)}
      consequence={signingSentence(of)}
    >
      <input type="hidden" name="digest" value={of.digest} />
    </ActForm>
  )
}

/** Disconnects a server: it only narrows, so one person suffices. */
export function DisconnectForm({ of, action, said }: { of: UpstreamView; action: string; said: Said }) {
  return (
    <ActForm
      id="disconnect"
      title={`Disconnect ${of.name}?`}
      action={action}
      said={said}
      submit={`Disconnect ${of.name}`}
      variant="neg"
      cancel={paths.upstream(of.name)}
      consequence="What agents run there now is broken off, and its credential is forgotten. To connect it again it is proposed anew."
    >
      <TextArea label="Reason" aside="recorded" name="reason" required maxLength={2000} error={said.error('reason')} />
    </ActForm>
  )
}

/** Replaces the credential that is sent to a server. */
export function CredentialForm({ of, action, said }: { of: UpstreamView; action: string; said: Said }) {
  return (
    <ActForm
      id="credential"
      title={`Replace the credential of ${of.name}?`}
      action={action}
      said={said}
      submit="Replace it"
      cancel={paths.upstream(of.name)}
      consequence={`It is sent as ${of.header ?? ''}. The one of before is forgotten.`}
    >
      <Field
        label="The new one"
        aside="kept encrypted, shown to nobody"
        name="secret"
        type="password"
        required
        maxLength={8000}
        autoComplete="off"
        error={said.error('secret')}
      />
    </ActForm>
  )
}
