import { TriangleAlert } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'

type FieldProps = {
  label: ReactNode
  /** Said after the label in a quieter voice: "required, recorded", "may follow afterwards". */
  aside?: string
  hint?: ReactNode
  /** What is wrong and what to do, in a sentence. */
  error?: string
}

/**
 * A text field with its label, hint and error tied to it. The id is `f-` and the name, so that `FormErrors` can point here.
 */
export function Field({
  label,
  aside,
  hint,
  error,
  name,
  ...rest
}: FieldProps & { name: string } & Omit<ComponentProps<'input'>, 'className' | 'id' | 'name' | 'size'>) {
  const said = useSaid(name, hint, error)
  return (
    <div className="fld">
      <Label name={name} label={label} aside={aside} />
      <input {...rest} {...said.control} name={name} className="in" />
      {said.below}
    </div>
  )
}

/** As `Field`, for several lines. `mono` is for source: no wrapping, fixed width. */
export function TextArea({
  label,
  aside,
  hint,
  error,
  name,
  mono,
  ...rest
}: FieldProps & { name: string; mono?: boolean } & Omit<ComponentProps<'textarea'>, 'className' | 'id' | 'name'>) {
  const said = useSaid(name, hint, error)
  return (
    <div className="fld">
      <Label name={name} label={label} aside={aside} />
      <textarea
        rows={4}
        spellCheck={mono ? false : undefined}
        {...rest}
        {...said.control}
        name={name}
        className={classNames('in', mono && 'mono')}
      />
      {said.below}
    </div>
  )
}

/** As `Field`, a choice of many. `choices` are `[value, words]`; for fewer than five, radio options read better. */
export function Select({
  label,
  aside,
  hint,
  error,
  name,
  choices,
  empty,
  ...rest
}: FieldProps & {
  name: string
  choices: readonly (readonly [value: string, words: string])[]
  /** The words of "nothing chosen yet". */ empty?: string
} & Omit<ComponentProps<'select'>, 'className' | 'id' | 'name' | 'children'>) {
  const said = useSaid(name, hint, error)
  return (
    <div className="fld">
      <Label name={name} label={label} aside={aside} />
      <select {...rest} {...said.control} name={name} className="in">
        {empty !== undefined && <option value="">{empty}</option>}
        {choices.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {said.below}
    </div>
  )
}

/** One radio button or checkbox with its words. Never preselect a verdict. */
export function Option({
  children,
  hint,
  type,
  ...rest
}: { type: 'radio' | 'checkbox'; name: string; children: ReactNode; hint?: ReactNode } & Omit<
  ComponentProps<'input'>,
  'className' | 'type' | 'name' | 'children'
>) {
  return (
    <label className="opt">
      <input {...rest} type={type} />
      <span>
        {children}
        {hint && <span className="t3 s12">{hint}</span>}
      </span>
    </label>
  )
}

/** A group of options under one question. */
export function Options({
  legend,
  hideLegend,
  name,
  error,
  children,
}: {
  legend: ReactNode
  hideLegend?: boolean
  name: string
  error?: string
  children: ReactNode
}) {
  const errorId = useId()
  return (
    <fieldset className="fld opts" id={`f-${name}`} tabIndex={-1} aria-describedby={error ? errorId : undefined}>
      <legend className={hideLegend ? 'vh' : undefined}>{legend}</legend>
      {children}
      {error && <FieldError id={errorId} error={error} />}
    </fieldset>
  )
}

function Label({ name, label, aside }: { name: string; label: ReactNode; aside: string | undefined }) {
  return (
    <label htmlFor={`f-${name}`}>
      {label} {aside && <span className="opt-word">{aside}</span>}
    </label>
  )
}

function useSaid(name: string, hint: ReactNode, error: string | undefined) {
  const base = useId()
  const hintId = hint ? `${base}h` : undefined
  const errorId = error ? `${base}e` : undefined
  return {
    control: {
      id: `f-${name}`,
      'aria-invalid': error ? (true as const) : undefined,
      'aria-describedby': classNames(errorId, hintId) || undefined,
    },
    below: (
      <>
        {error && <FieldError id={errorId} error={error} />}
        {hint && (
          <p className="hint" id={hintId}>
            {hint}
          </p>
        )}
      </>
    ),
  }
}

function FieldError({ id, error }: { id: string | undefined; error: string }) {
  return (
    <p className="err" id={id}>
      <Icon of={TriangleAlert} />
      <span>{error}</span>
    </p>
  )
}
