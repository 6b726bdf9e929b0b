import { useEffect, useRef } from 'react'
import { HostileText } from '../ui/hostile-text'
import type { Option } from './query-options'

/** The completions under the bar. The focus stays in the bar; `active` is the one Enter would take. */
export function OptionList({
  id,
  options,
  active,
  onChoose,
}: {
  id: string
  options: readonly Option[]
  active: number | null
  onChoose: (option: Option) => void
}) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (active !== null) list.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <>
      <div
        className="qopts"
        id={`${id}-list`}
        role="listbox"
        aria-label="Completions"
        ref={list}
        hidden={options.length === 0}
      >
        {options.map((option, at) => (
          // The focus is in the bar, which has the keys.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={`${option.kind} ${option.put}`}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === active}
            tabIndex={-1}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(option)}
          >
            <span className="mono">
              <HostileText text={option.put} max={120} />
              {option.kind === 'field' && ':'}
            </span>
            {option.says !== null && (
              <span className="t3">
                <HostileText text={option.says} max={120} />
              </span>
            )}
          </div>
        ))}
      </div>
      <span className="vh" role="status">
        {options.length > 0 && `${options.length} ${options.length === 1 ? 'completion' : 'completions'}`}
      </span>
    </>
  )
}
