'use client'

import type { ReactNode } from 'react'
import { CATEGORIES } from '@/lib/boundary/boundary'
import { isPlainMap, type Path, type Plain } from '@/lib/boundary/plain'
import type { KnownTool } from './known-tool'
import { FormAdd, FormLine } from './form-line'
import { Remove, RuleList, TextList, textOf } from './form-lists'

/** What a section of the form is given: the part of the document it is about, and how it changes the text. */
export type SectionProps = {
  path: Path
  value: Plain | undefined
  write: (path: Path, value: Plain | undefined) => void
  tools: readonly KnownTool[]
  disabled: boolean
}

export type FormSection = {
  /** the top-level key it is about */
  key: string
  title: string
  hint: string
  /** whether this form can show what is written there; what it cannot is edited in the text */
  fits: (value: Plain | undefined) => boolean
  /** keys inside that it leaves to the text */
  leaves?: (value: Plain | undefined) => readonly string[]
  view: (props: SectionProps) => ReactNode
}

const isList = (value: Plain | undefined) => value === undefined || value === '' || Array.isArray(value)
const isMap = (value: Plain | undefined) => value === undefined || value === '' || isPlainMap(value)
const isText = (value: Plain | undefined) => value === undefined || typeof value === 'string'
const isRules = (value: Plain | undefined) =>
  isList(value) &&
  (!Array.isArray(value) ||
    value.every((rule) => typeof rule === 'string' || (isPlainMap(rule) && typeof rule.tool === 'string')))
const at = (value: Plain | undefined, key: string): Plain | undefined =>
  isPlainMap(value) && Object.hasOwn(value, key) ? value[key] : undefined

/**
 * What the form knows, in the order people read it: a new key of the language gets a line here. What stands in a text and not here
 * is shown as “edit in the text”.
 */
export const FORM_SECTIONS: readonly FormSection[] = [
  line('purpose', 'Purpose', 'What the agent is for, in a sentence a signer understands.', 'Answers tickets'),
  {
    key: 'mcp_scopes',
    title: 'Scopes',
    hint: 'Servers, and what it may do alone there. What is not listed is never.',
    fits: isMap,
    view: Scopes,
  },
  { key: 'autonomous', title: 'Alone', hint: 'Tools it may call alone.', fits: isRules, view: RuleList },
  {
    key: 'approval_required',
    title: 'Asks a person',
    hint: 'Tools that wait for an answer, whatever their class.',
    fits: isRules,
    view: RuleList,
  },
  {
    key: 'never',
    title: 'Never',
    hint: 'Tools it never calls. The strictest list wins.',
    fits: isRules,
    view: RuleList,
  },
  {
    key: 'surfaces',
    title: 'Commands',
    hint: 'What a shell may run: word by word, a trailing * is any further words. Commands in no list ask a person.',
    fits: (value) => isMap(value) && isMap(at(value, 'commands')),
    leaves: (value) => (isPlainMap(value) ? Object.keys(value).filter((key) => key !== 'commands') : []),
    view: Commands,
  },
  { key: 'limits', title: 'Limits', hint: 'How much it does before a person is asked.', fits: isMap, view: Limits },
  sentenceOr('sandbox', 'Sandbox', 'What code it runs must run in.', 'isolated, network egress = allowlist only', {
    isolated: ['true', 'false'],
    credentials: ['any', 'none'],
    egress: ['any', 'allowlist', 'none'],
    filesystem: ['any', 'workspace', 'read_only'],
  }),
  {
    key: 'accountable',
    title: 'Who answers for it',
    hint: 'By kind of action. What is left out falls to the owner.',
    fits: isMap,
    view: Accountable,
  },
  sentenceOr(
    'kill_switch',
    'Kill switch',
    'Which halt stops it, and how often the halt is rehearsed.',
    'org-wide, tested monthly',
    {
      scope: ['organisation', 'team', 'agent'],
      tested: ['weekly', 'monthly', 'quarterly'],
    },
  ),
  line('expires', 'Lapses', 'A day, or days from the signature. Left out: 90 days after it.', '60 days'),
  {
    key: 'protected',
    title: 'Protected',
    hint: 'Resources of which every change asks a person: a type and a name, or * for the whole type.',
    fits: isList,
    view: (props) => <TextList {...props} what="Add a resource: detection_rule/edr-17" />,
  },
  line(
    'mode',
    'Mode',
    'Left out it enforces. “observe until” a day: it decides, records, and enforces only what is never.',
    'enforce',
  ),
  line('review_by', 'Review by', 'The last day before a review is due.', '2027-03-31'),
]

/** Keys every text has that need no form. */
export const QUIET_KEYS: ReadonlySet<string> = new Set(['agent', 'audit'])

function line(key: string, title: string, hint: string, placeholder: string): FormSection {
  return {
    ...{ key, title, hint, fits: isText },
    view: ({ value, write, disabled }) => (
      <FormLine
        label={title}
        hideLabel
        placeholder={placeholder}
        value={textOf(value)}
        disabled={disabled}
        onWrite={(text) => {
          write([key], text)
        }}
      />
    ),
  }
}

/** A key that is either a sentence or a map of choices: shown as what is written. */
function sentenceOr(
  key: string,
  title: string,
  hint: string,
  placeholder: string,
  choices: Record<string, readonly string[]>,
): FormSection {
  const sentence = line(key, title, hint, placeholder)
  return {
    ...sentence,
    fits: (value) => isText(value) || isPlainMap(value),
    leaves: (value) => (isPlainMap(value) ? Object.keys(value).filter((one) => choices[one] === undefined) : []),
    view: (props) =>
      isPlainMap(props.value) ? (
        <div className="pairs">
          {Object.entries(choices).map(([name, words]) => (
            <label className="fl" key={name}>
              <span className="fl-l">{name}</span>
              <select
                className="in"
                value={textOf(at(props.value, name))}
                disabled={props.disabled}
                onChange={(event) => {
                  props.write([key, name], event.target.value === '' ? undefined : event.target.value)
                }}
              >
                <option value="">not said</option>
                {words.map((word) => (
                  <option key={word}>{word}</option>
                ))}
              </select>
            </label>
          ))}
        </div>
      ) : (
        sentence.view(props)
      ),
  }
}

function Scopes({ value, write, tools, disabled }: SectionProps) {
  const scopes = isPlainMap(value) ? Object.entries(value) : []
  const servers = [...new Set(tools.map(({ name }) => name.slice(0, name.indexOf('.'))))]
  const free = servers.filter((server) => !scopes.some(([name]) => name === server))
  return (
    <ul className="frows">
      {scopes.map(([server, accesses]) => {
        const has = (word: string) => Array.isArray(accesses) && accesses.includes(word)
        const toggle = (word: string) => {
          const next = ['read', 'write'].filter((one) => (one === word ? !has(one) : has(one)))
          write(['mcp_scopes', server], next.length === 0 ? undefined : next)
        }
        return (
          <li key={server} className="fscope">
            <span className="mono">{server}</span>
            {['read', 'write'].map((word) => (
              <label key={word} className="tick">
                <input
                  type="checkbox"
                  checked={has(word)}
                  disabled={disabled}
                  aria-label={`${server}: ${word}`}
                  onChange={() => {
                    toggle(word)
                  }}
                />
                {word}
              </label>
            ))}
            <Remove
              what={`${server} from the scopes`}
              disabled={disabled}
              onRemove={() => {
                write(['mcp_scopes', server], undefined)
              }}
            />
          </li>
        )
      })}
      <li>
        <datalist id="known-servers">
          {free.map((server) => (
            <option key={server} value={server} />
          ))}
        </datalist>
        <FormAdd
          label="Add a server to the scopes"
          placeholder="Add a server, to read"
          list="known-servers"
          disabled={disabled}
          onAdd={(server) => {
            write(['mcp_scopes', server], ['read'])
          }}
        />
      </li>
    </ul>
  )
}

const COMMAND_WORDS = [
  ['autonomous', 'Alone', 'Add a command, such as npm test'],
  ['approval_required', 'Asks a person', 'Add a command that asks'],
  ['never', 'Never', 'Add a command that never runs'],
] as const

function Commands(props: SectionProps) {
  const commands = at(props.value, 'commands')
  return COMMAND_WORDS.map(([name, words, what]) => (
    <div key={name}>
      <h3 className="fl-l">{words}</h3>
      <TextList {...props} path={['surfaces', 'commands', name]} value={at(commands, name)} what={what} />
    </div>
  ))
}

const MEASURES = [
  ['calls', 'Calls', '200'],
  ['spend', 'Money', '500 EUR'],
  ['tokens', 'Tokens', '1000000'],
] as const
const PERIODS = ['minute', 'hour', 'day'] as const

function Limits({ value, write, disabled }: SectionProps) {
  const field = (name: string, label: string, placeholder?: string) => (
    <FormLine
      label={label}
      hideLabel
      placeholder={placeholder}
      value={textOf(at(value, name))}
      disabled={disabled}
      onWrite={(text) => {
        write(['limits', name], text)
      }}
    />
  )
  return (
    <table className="lim">
      <thead>
        <tr>
          <th scope="col">
            <span className="vh">What is counted</span>
          </th>
          {PERIODS.map((period) => (
            <th scope="col" key={period}>
              {period === 'hour' ? 'an' : 'a'} {period}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {MEASURES.map(([measure, words, placeholder]) => (
          <tr key={measure}>
            <th scope="row">{words}</th>
            {PERIODS.map((period) => (
              <td key={period}>
                {field(`${measure}_per_${period}`, `${words} a ${period}`, period === 'day' ? placeholder : undefined)}
              </td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">Runs</th>
          <td>{field('concurrent_runs', 'Runs at a time', 'at a time')}</td>
          <td colSpan={2}>{field('run_length', 'Length of a run', 'as long as 2h')}</td>
        </tr>
      </tbody>
    </table>
  )
}

function Accountable({ value, write, disabled }: SectionProps) {
  return (
    <div className="pairs">
      {CATEGORIES.map((category) => (
        <FormLine
          key={category}
          label={category}
          placeholder="the owner"
          value={textOf(at(value, category))}
          disabled={disabled}
          onWrite={(text) => {
            write(['accountable', category], text)
          }}
        />
      ))}
    </div>
  )
}
