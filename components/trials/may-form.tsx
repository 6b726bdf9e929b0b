import type { MayError, MayField, MayValues } from '@/lib/trials/may-contract'
import { Button } from '../ui/button'
import { Field, TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

/** Names offered while typing. */
const MOST_NAMES = 500

/** What more can be said of a call, each as JSON. */
const SAID = [
  {
    field: 'args',
    label: 'Arguments',
    hint: 'What is left out here may change the answer: the rules that read it are named.',
    placeholder: '{"amount": 120}',
  },
  {
    field: 'of',
    label: 'Properties of the resource',
    hint: 'resource.status and the like, in conditions.',
    placeholder: '{"status": "open"}',
  },
  {
    field: 'as',
    label: 'Properties of who asks',
    hint: 'subject.role and the like, in conditions.',
    placeholder: '{"role": "admin"}',
  },
] as const

/** The question as a plain form whose address is the question. `tools`: names the catalogue knows; absent where no tool is asked for. */
export function MayForm({
  values,
  errors,
  tools,
}: {
  values: MayValues
  errors: readonly MayError[]
  tools?: readonly string[]
}) {
  const error = (field: MayField) => errors.find((each) => each.field === field)?.detail
  const more = (['args', 'of', 'as', 'q'] as const).some((field) => values[field] !== '' || error(field) !== undefined)
  return (
    <form method="get" className="ask" role="search" aria-label="Question">
      <FormErrors errors={errors} nothing="Nothing was asked" />
      <div className="ask-line">
        {tools !== undefined && (
          <Field
            label="Which agents may do this"
            name="tool"
            list="tools"
            maxLength={193}
            placeholder="crm.refund_request"
            autoComplete="off"
            spellCheck={false}
            defaultValue={values.tool}
            error={error('tool')}
          />
        )}
        <Field
          label={tools === undefined ? 'To which kind of thing' : 'to this kind of thing'}
          aside="may be left out"
          name="type"
          maxLength={128}
          placeholder="order"
          autoComplete="off"
          spellCheck={false}
          defaultValue={values.type}
          error={error('type')}
        />
        <Field
          label="which one"
          aside="may be left out"
          name="id"
          maxLength={512}
          placeholder="A-17"
          autoComplete="off"
          spellCheck={false}
          defaultValue={values.id}
          error={error('id')}
        />
        <Button type="submit" variant="pri">
          Ask
        </Button>
      </div>
      {tools !== undefined && (
        <datalist id="tools">
          {tools.slice(0, MOST_NAMES).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
      <details open={more}>
        <summary>Say more of the call</summary>
        <div>
          {SAID.map(({ field, ...said }) => (
            <TextArea
              key={field}
              mono
              aside="JSON"
              name={field}
              rows={3}
              defaultValue={values[field]}
              error={error(field)}
              {...said}
            />
          ))}
          <Field
            label={tools === undefined ? 'Only tools with' : 'Only agents with'}
            aside="in their name"
            name="q"
            type="search"
            maxLength={63}
            autoComplete="off"
            defaultValue={values.q}
          />
        </div>
      </details>
    </form>
  )
}
