'use client'

import { type KeyboardEvent, useState } from 'react'
import { classNames } from '../ui/class-names'

/** Enter in a field of the form keeps what is written; it never saves the draft. */
export function keepEnter(event: KeyboardEvent) {
  if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.preventDefault()
}

/**
 * One value of the boundary. What is typed goes into the text at once; emptied, the value leaves the text when the field is left.
 * A change from elsewhere (the text, an undo) takes the place of what was typed.
 */
export function FormLine({
  label,
  value,
  placeholder,
  list,
  mono,
  hideLabel,
  disabled,
  onWrite,
}: {
  label: string
  value: string
  placeholder?: string
  /** id of a datalist that completes it */
  list?: string
  mono?: boolean
  hideLabel?: boolean
  disabled: boolean
  onWrite: (value: string | undefined) => void
}) {
  const [typed, setTyped] = useState<{ text: string; over: string } | null>(null)
  const shown = typed !== null && typed.over === value ? typed.text : value
  return (
    <label className="fl">
      <span className={classNames('fl-l', hideLabel && 'vh')}>{label}</span>
      <input
        className={classNames('in', mono && 'mono')}
        value={shown}
        placeholder={placeholder}
        list={list}
        disabled={disabled}
        autoComplete="off"
        spellCheck={mono ? false : undefined}
        onKeyDown={keepEnter}
        onChange={(event) => {
          const text = event.target.value
          const words = text.trim()
          setTyped({ text, over: words === '' ? value : words })
          if (words !== '' && words !== value) onWrite(words)
        }}
        onBlur={() => {
          if (typed !== null && typed.over === value && typed.text.trim() === '' && value !== '') onWrite(undefined)
          setTyped(null)
        }}
      />
    </label>
  )
}

/** An empty field at the end of a list: what is written there is added when it is left, or with Enter. */
export function FormAdd({
  label,
  placeholder,
  list,
  disabled,
  onAdd,
}: {
  label: string
  placeholder?: string
  list?: string
  disabled: boolean
  onAdd: (value: string) => void
}) {
  const [text, setText] = useState('')
  const add = () => {
    const words = text.trim()
    if (words === '') return
    setText('')
    onAdd(words)
  }
  return (
    <label className="fl">
      <span className="vh">{label}</span>
      <input
        className="in mono add"
        value={text}
        placeholder={placeholder ?? label}
        list={list}
        disabled={disabled}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value)
        }}
        onBlur={add}
        onKeyDown={(event) => {
          keepEnter(event)
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) add()
        }}
      />
    </label>
  )
}
