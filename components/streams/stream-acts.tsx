import { SKIPPABLE } from '@/lib/notify/failure'
import type { StreamView } from '@/lib/notify/read'
import { streamCan } from '@/lib/notify/stream'
import { ActForm, PostButton } from '../people/act-form'
import { saidTo } from '../people/said'
import type { Flash } from '@/lib/people/session-flash'
import { ButtonLink } from '../ui/button'
import { Field } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { Button } from '../ui/button'
import { StreamFields } from './stream-fields'

type Props = { stream: StreamView; self: string; api: string }

/** What may be done with a stream, as links to its forms and as buttons for what needs no weighing. */
export function StreamActs({ stream, self, api }: Props) {
  const { state } = stream
  return (
    <div className="act-links">
      <PostButton action={`${api}/test`}>Send a test event</PostButton>
      {streamCan('resume', state) && <PostButton action={`${api}/resumption`}>Resume</PostButton>}
      {streamCan('pause', state) && <PostButton action={`${api}/pause`}>Pause</PostButton>}
      <ButtonLink size="sm" href={`${self}?act=edit#act`}>
        Edit…
      </ButtonLink>
      <ButtonLink size="sm" href={`${self}?act=replay#act`}>
        Send again from an entry…
      </ButtonLink>
      {stream.destination.kind === 'cloudevents' && (
        <ButtonLink size="sm" href={`${self}?act=secret#act`}>
          New secret…
        </ButtonLink>
      )}
      <ButtonLink size="sm" href={`${self}?act=remove#act`}>
        Remove…
      </ButtonLink>
    </div>
  )
}

/** The form of one act, opened by the page's own address; nothing for any other. */
export function StreamActForm({ name, stream, self, api, flash }: Props & { name: unknown; flash: Flash | undefined }) {
  switch (name) {
    case 'edit':
      return <EditForm stream={stream} self={self} api={api} flash={flash} />
    case 'replay':
      return <ReplayForm stream={stream} self={self} api={api} flash={flash} />
    case 'skip':
      return streamCan('skip', stream.state) && stream.error?.index != null && SKIPPABLE.includes(stream.error.code) ? (
        <ActForm
          id="skip"
          title={`Go on without entry #${stream.error.index}?`}
          action={`${api}/skip`}
          said={saidTo(flash, `${api}/skip`)}
          submit={`Skip #${stream.error.index}`}
          variant="neg"
          cancel={self}
          consequence="The receiver never gets it from this stream. It stays in the ledger; the skip, with your name, is an entry and is listed here."
        >
          <input type="hidden" name="index" value={stream.error.index} />
        </ActForm>
      ) : null
    case 'secret':
      return (
        <ActForm
          id="secret"
          title={`Make a new signing secret for ${stream.name}?`}
          action={`${api}/secret`}
          said={saidTo(flash, `${api}/secret`)}
          submit="Make a new secret"
          cancel={self}
          consequence="For a day every event is signed with both, so that the receiver can change over. After that the old one signs nothing."
        />
      )
    case 'remove':
      return (
        <ActForm
          id="remove"
          title={`Remove ${stream.name}?`}
          action={`${api}/removal`}
          said={saidTo(flash, `${api}/removal`)}
          submit={`Remove ${stream.name}`}
          variant="neg"
          cancel={self}
          consequence="It sends nothing any more, and its secret is of no use. This cannot be taken back; a new stream can begin at any entry."
        />
      )
    default:
      return null
  }
}

function EditForm({ stream, self, api, flash }: Props & { flash: Flash | undefined }) {
  return (
    <ActForm
      id="edit"
      title={`Edit ${stream.name}`}
      action={api}
      said={saidTo(flash, api)}
      submit="Save"
      cancel={self}
      consequence="It goes on where it stands, by what you say here."
    >
      <StreamFields kind={stream.destination.kind} now={stream} said={saidTo(flash, api)} />
    </ActForm>
  )
}

function ReplayForm({ stream, self, api, flash }: Props & { flash: Flash | undefined }) {
  const said = saidTo(flash, `${api}/replay`)
  return (
    <section className="act" aria-labelledby="replay" id="act">
      <h2 id="replay">Send again from an entry on</h2>
      <p>The receiver gets everything from there a second time; it knows each by its id.</p>
      <form method="post" action={`${api}/replay`}>
        <FormErrors errors={said.errors} />
        <Field
          label="From entry"
          name="index"
          required
          inputMode="numeric"
          hint={`From #0 to #${stream.next}, before which it stands.`}
          defaultValue={said.value('index')}
          error={said.error('index')}
        />
        <div className="acts">
          <Button type="submit" variant="pri">
            Send again
          </Button>
          <ButtonLink variant="bare" href={self}>
            Cancel
          </ButtonLink>
        </div>
      </form>
    </section>
  )
}
