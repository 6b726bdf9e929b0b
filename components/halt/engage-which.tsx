import type { ComponentProps } from 'react'
import type { Nameable } from '@/lib/halt/read'

type Given = {
  scope: string
  /** what an empty list says: "choose an agent" */ empty: string
  of: Nameable
}

/** Which of a kind: chosen from a list, or, where there are too many for one, named. Its label is "Which agent". */
export function EngageWhich({
  scope,
  empty,
  of,
  list,
  text,
}: Given & { list?: ComponentProps<'select'>; text?: ComponentProps<'input'> }) {
  const same = { id: `f-${scope}`, name: scope, className: 'in' }
  return (
    <div className="pick">
      <label className="vh" htmlFor={same.id}>
        Which {scope}
      </label>
      {of.names === null ? (
        <input
          placeholder={`the ${scope}’s name`}
          {...text}
          {...same}
          type="text"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={200}
        />
      ) : (
        <select {...list} {...same}>
          <option value="">{empty}</option>
          {of.names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}
