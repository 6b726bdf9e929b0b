'use client'

import { TriangleAlert } from 'lucide-react'
import { isPlainMap, type Path, type Plain } from '@/lib/boundary/plain'
import { classNames } from '../ui/class-names'
import { Icon } from '../ui/icon'
import { FORM_SECTIONS, QUIET_KEYS } from './form-sections'
import type { KnownTool } from './known-tool'
import type { Fault } from './source-field'

/**
 * The boundary as a form, beside its text and in step with it. `stale` says why the text cannot be read as it is: the form then shows
 * the last text that could, and changes nothing.
 */
export function FormView({
  document,
  stale,
  faults,
  tools,
  baseline,
  refused,
  onWrite,
  onJump,
}: {
  document: Plain
  stale: boolean
  faults: readonly Fault[]
  tools: readonly KnownTool[]
  baseline: boolean
  /** why the last change could not be written, and where */
  refused: { path: Path; problem: string } | null
  onWrite: (path: Path, value: Plain | undefined) => void
  onJump: (path: Path) => void
}) {
  const map = isPlainMap(document) ? document : {}
  const known = FORM_SECTIONS.filter(({ key }) => !baseline || FLOOR.has(key))
  const others = Object.keys(map).filter((key) => !QUIET_KEYS.has(key) && !known.some((section) => section.key === key))
  return (
    <div className={classNames('bform', stale && 'stale')}>
      {stale && (
        <p className="bform-stale" role="status">
          <Icon of={TriangleAlert} />
          <span>
            The text cannot be read as it is. This form shows it as it last could, and changes nothing until it can
            again.
          </span>
        </p>
      )}
      <datalist id="known-tools">
        {tools.map(({ name, says }) => (
          <option key={name} value={name}>
            {says}
          </option>
        ))}
      </datalist>
      {known.map(({ key, title, hint, fits, leaves, view: View }) => {
        const value = Object.hasOwn(map, key) ? map[key] : undefined
        const wrong = stale ? [] : faults.filter(({ path }) => sectionOf(path) === key)
        const left = leaves?.(value) ?? []
        return (
          <fieldset key={key} className="fsec" data-key={key}>
            <legend>
              {title} <span className="t3 mono s12">{key}</span>
            </legend>
            {wrong.length > 0 && (
              <p className="err">
                <Icon of={TriangleAlert} />
                <span>
                  {wrong.map(({ detail }) => detail).join(' ')}{' '}
                  <Jump
                    onJump={() => {
                      onJump([key])
                    }}
                  />
                </span>
              </p>
            )}
            {refused?.path[0] === key && (
              <p className="err">
                <Icon of={TriangleAlert} />
                <span>
                  {refused.problem}{' '}
                  <Jump
                    onJump={() => {
                      onJump(refused.path)
                    }}
                  />
                </span>
              </p>
            )}
            {fits(value) ? (
              <>
                <View path={[key]} value={value} write={onWrite} tools={tools} disabled={stale} />
                {left.map((name) => (
                  <InText
                    key={name}
                    name={name}
                    onJump={() => {
                      onJump([key, name])
                    }}
                  />
                ))}
              </>
            ) : (
              <InText
                name={key}
                onJump={() => {
                  onJump([key])
                }}
              />
            )}
            <p className="hint">{hint}</p>
          </fieldset>
        )
      })}
      {others.length > 0 && (
        <fieldset className="fsec">
          <legend>Edited in the text</legend>
          {others.map((key) => (
            <InText
              key={key}
              name={key}
              onJump={() => {
                onJump([key])
              }}
            />
          ))}
        </fieldset>
      )}
    </div>
  )
}

const FLOOR: ReadonlySet<string> = new Set(['purpose', 'never', 'approval_required', 'limits'])
const sectionOf = (path: string | undefined): string => /^[a-z_]+/.exec(path ?? '')?.[0] ?? ''

function Jump({ onJump }: { onJump: () => void }) {
  return (
    <button type="button" className="lnk" onClick={onJump}>
      Go to the line
    </button>
  )
}

/** A part the form has no fields for. */
function InText({ name, onJump }: { name: string; onJump: () => void }) {
  return (
    <p className="intext">
      <span className="mono">{name}</span>
      <button type="button" className="lnk" onClick={onJump}>
        Edit {name} in the text
      </button>
    </p>
  )
}
