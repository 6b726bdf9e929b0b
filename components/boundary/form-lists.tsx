'use client'

import { X } from 'lucide-react'
import { isPlainMap, type Plain } from '@/lib/boundary/plain'
import { Icon } from '../ui/icon'
import { FormAdd, FormLine } from './form-line'
import type { SectionProps } from './form-sections'

type Words = readonly (readonly [key: string, label: string, placeholder: string])[]

/** What a rule may say beside its tool, by the list it stands in. */
const TERMS: Record<string, Words> = {
  autonomous: [
    ['reason', 'Reason', 'why it is here'],
    ['override', 'Override', 'why it runs alone although its class calls for a person'],
  ],
  approval_required: [
    ['reason', 'Reason', 'why it is here'],
    ['by', 'Who answers', 'analyst, ciso, team:NAME, name@example.com'],
    ['approvals', 'How many', '1'],
    ['within', 'Waits', '24h'],
    ['passkey', 'Passkey', 'true, or both: to reject as well'],
  ],
  never: [['reason', 'Reason', 'why it is here']],
}

/** Rules of one list: a tool, when, and what else is said of it. */
export function RuleList({ path: [key], value, write, disabled }: SectionProps) {
  const rules = Array.isArray(value) ? value : []
  const list = String(key)
  return (
    <ul className="frows">
      {rules.map((rule, at) => (
        // A rule is its place in the list: that is what the text says too.
        <RuleRow key={at} list={list} at={at} rule={rule} write={write} disabled={disabled} />
      ))}
      <li>
        <FormAdd
          label={`Add a tool to ${list}`}
          placeholder="Add a tool: server.name"
          list="known-tools"
          disabled={disabled}
          onAdd={(tool) => {
            write([list, rules.length], tool)
          }}
        />
      </li>
    </ul>
  )
}

function RuleRow({
  list,
  at,
  rule,
  write,
  disabled,
}: { list: string; at: number; rule: Plain } & Pick<SectionProps, 'write' | 'disabled'>) {
  const map = isPlainMap(rule) ? rule : null
  const tool = map === null ? textOf(rule) : textOf(map.tool)
  const set = (key: string, value: Plain | undefined) => {
    if (map !== null) write([list, at, key], value)
    else if (key === 'tool') write([list, at], value)
    else if (value !== undefined) write([list, at], { tool, [key]: value })
  }
  const terms = TERMS[list] ?? []
  const said = terms.filter(([key]) => map?.[key] !== undefined)
  return (
    <li className="frule">
      <FormLine
        label={`Tool of ${list} ${String(at + 1)}`}
        hideLabel
        mono
        list="known-tools"
        value={tool}
        disabled={disabled}
        onWrite={(value) => {
          if (value === undefined) write([list, at], undefined)
          else set('tool', value)
        }}
      />
      <FormLine
        label={`When ${tool} is in ${list}`}
        hideLabel
        mono
        placeholder="always; or when: args.amount > 100"
        value={textOf(map?.when)}
        disabled={disabled}
        onWrite={(value) => {
          set('when', value)
        }}
      />
      <Remove
        what={`${tool} from ${list}`}
        disabled={disabled}
        onRemove={() => {
          write([list, at], undefined)
        }}
      />
      <details className="terms" open={said.length > 0 || undefined}>
        <summary>{said.length > 0 ? said.map(([, label]) => label).join(', ') : 'Say more'}</summary>
        {terms.map(([key, label, placeholder]) => (
          <FormLine
            key={key}
            label={label}
            placeholder={placeholder}
            value={textOf(map?.[key])}
            disabled={disabled || Array.isArray(map?.[key])}
            onWrite={(value) => {
              set(key, value)
            }}
          />
        ))}
      </details>
    </li>
  )
}

/** A list of plain texts, such as commands. */
export function TextList({ path, value, write, disabled, what }: SectionProps & { what: string }) {
  const items = Array.isArray(value) ? value : []
  const name = path.join(' ')
  return (
    <ul className="frows">
      {items.map((item, at) => (
        <li key={at} className="frule one">
          <FormLine
            label={`${name} ${String(at + 1)}`}
            hideLabel
            mono
            value={textOf(item)}
            disabled={disabled}
            onWrite={(text) => {
              write([...path, at], text)
            }}
          />
          <Remove
            what={`${textOf(item)} from ${name}`}
            disabled={disabled}
            onRemove={() => {
              write([...path, at], undefined)
            }}
          />
        </li>
      ))}
      <li>
        <FormAdd
          label={`Add to ${name}`}
          placeholder={what}
          disabled={disabled}
          onAdd={(text) => {
            write([...path, items.length], text)
          }}
        />
      </li>
    </ul>
  )
}

/** Takes one line out. Undo brings it back. */
export function Remove({ what, disabled, onRemove }: { what: string; disabled: boolean; onRemove: () => void }) {
  return (
    <button type="button" className="rm" aria-label={`Remove ${what}`} disabled={disabled} onClick={onRemove}>
      <Icon of={X} />
    </button>
  )
}

/** The words of a value; a short list of words reads as one line. */
export function textOf(value: Plain | undefined): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(textOf).join(', ') : ''
}
