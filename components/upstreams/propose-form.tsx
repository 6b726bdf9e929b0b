import type { Choice } from '@/lib/agents/read'
import { paths } from '@/lib/core/paths'
import { ActForm } from '../people/act-form'
import type { Said } from '../people/said'
import { Field, Option, Options, Select, TextArea } from '../ui/field'

/** Proposes a server that agents shall reach through the gateway. */
export function ProposeForm({ said, owners }: { said: Said; owners: readonly Choice[] }) {
  return (
    <ActForm
      id="connect"
      title="Connect a server"
      action="/api/console/upstreams"
      said={said}
      submit="Connect it"
      cancel={paths.upstreams()}
      consequence="Agents call it here, and never themselves. What can write to production, or is trusted, first waits for a ciso who is not you."
    >
      <div className="formgrid">
        <Field
          label="Name"
          name="name"
          required
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          hint="As agents call its tools: the crm of crm.refund_request."
          defaultValue={said.value('name')}
          error={said.error('name')}
        />
        <Select
          label="Who answers for it"
          name="ownerId"
          required
          empty="Choose a person"
          choices={owners}
          defaultValue={said.value('ownerId') ?? ''}
          error={said.error('ownerId')}
        />
        <Select
          label="How it is reached"
          name="transport"
          required
          choices={[
            ['http', 'Streamable HTTP, at an address'],
            ['stdio', 'A program this server runs'],
          ]}
          defaultValue={said.value('transport') ?? 'http'}
          error={said.error('transport')}
        />
        <Field
          label="Address"
          name="address"
          required
          maxLength={2000}
          autoComplete="off"
          spellCheck={false}
          hint="https://mcp.example.com/mcp; of a program its name in programs.json."
          defaultValue={said.value('address')}
          error={said.error('address')}
        />
        <Field
          label="Header of its credential"
          aside="may be left out"
          name="header"
          maxLength={60}
          autoComplete="off"
          spellCheck={false}
          hint="authorization, x-api-key."
          defaultValue={said.value('header')}
          error={said.error('header')}
        />
        <Field
          label="Its credential"
          aside="kept encrypted, shown to nobody"
          name="secret"
          type="password"
          maxLength={8000}
          autoComplete="off"
          hint="The whole value of the header: Bearer …"
          error={said.error('secret')}
        />
      </div>
      <TextArea
        label="What it can reach"
        aside="signed for"
        name="reach"
        required
        rows={3}
        maxLength={2000}
        defaultValue={said.value('reach')}
        error={said.error('reach')}
      />
      <Select
        label="Can anything on it write to production?"
        name="production"
        required
        empty="Say yes or no"
        choices={[
          ['no', 'No'],
          ['yes', 'Yes: a ciso signs'],
        ]}
        defaultValue={said.value('production') ?? ''}
        error={said.error('production')}
      />
      <Options legend="What is known of it" name="known">
        <Option
          type="checkbox"
          name="private"
          hint=" Private addresses are reached, and plain http there."
          defaultChecked={said.value('private') === 'on'}
        >
          It is in our own network
        </Option>
        <Option
          type="checkbox"
          name="trusted"
          hint=" Its results do not taint a run. A ciso signs for that."
          defaultChecked={said.value('trusted') === 'on'}
        >
          Only the organisation writes what it returns
        </Option>
      </Options>
    </ActForm>
  )
}
