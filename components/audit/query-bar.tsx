'use client'

import { Search } from 'lucide-react'
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { completed, completing } from '@/lib/audit/term-complete'
import { parseTerms } from '@/lib/audit/term-parse'
import type { TermProblem } from '@/lib/audit/term'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { paths } from '@/lib/core/paths'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { useGo } from './explorer-nav'
import { OptionList } from './query-option-list'
import { type Option, useQueryOptions } from './query-options'
import { QueryProblems } from './query-problems'
import { rememberQuery } from './recent-queries'

/**
 * The one bar. A text that cannot be read goes nowhere: what is wrong is said beneath it, and the rows stay. Without JavaScript it
 * is a form, and the page says the same.
 * @param kept the query whose rows are shown while `address.q` cannot be read
 */
export function QueryBar({
  address,
  problems: read,
  kept,
  children,
}: {
  address: Address
  problems: readonly TermProblem[]
  kept: string
  /** the chips */
  children?: ReactNode
}) {
  const go = useGo()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(address.q)
  const [shown, setShown] = useState(address.q)
  const [problems, setProblems] = useState<{ text: string; list: readonly TermProblem[] }>({
    text: address.q,
    list: read,
  })
  const [caret, setCaret] = useState(0)
  const [put, setPut] = useState<number | null>(null)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState<number | null>(null)
  if (shown !== address.q) {
    // another view: its text takes the place of what was typed
    setShown(address.q)
    setText(address.q)
    setProblems({ text: address.q, list: read })
    setOpen(false)
  }
  const place = completing(text, caret)
  const options = useQueryOptions(place, text, open, rangeOf(address))
  const at = active !== null && active < options.length ? active : null
  const listed = open && options.length > 0

  // The caret is set once the text that it stands in is there.
  useLayoutEffect(() => {
    if (put === null) return
    input.current?.focus()
    input.current?.setSelectionRange(put, put)
  }, [put, text])
  useSlash(input)

  const submit = (asked: string) => {
    setOpen(false)
    const terms = parseTerms(asked)
    setProblems({ text: asked, list: terms.ok ? [] : terms.problems })
    if (!terms.ok) return
    rememberQuery(asked)
    go(auditPath({ ...topOf(address), q: asked.trim() }))
  }
  const choose = (option: Option) => {
    setActive(null)
    if (option.kind === 'recent') {
      setText(option.put)
      submit(option.put)
      return
    }
    if (place === null) return
    const next = completed(text, place, option.put)
    setText(next.text)
    setCaret(next.caret)
    setPut(next.caret)
    setOpen(true)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setOpen(true)
      if (options.length > 0)
        setActive(((((at ?? (step > 0 ? -1 : 0)) + step) % options.length) + options.length) % options.length)
      return
    }
    if (event.key === 'Escape') {
      if (!listed) return
      event.preventDefault()
      setOpen(false)
      setActive(null)
    }
    const option = at === null ? undefined : options[at]
    if (event.key === 'Enter' && listed && option) {
      event.preventDefault()
      choose(option)
    }
  }
  const stale = problems.text !== text
  const wrong = problems.list.length > 0
  return (
    <form
      className="qf"
      role="search"
      aria-label="The record"
      action={paths.audit()}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit(text)
      }}
    >
      <div className="qb">
        <div className="qi">
          <Icon of={Search} size="md" />
          <input
            ref={input}
            className="in"
            name="q"
            role="combobox"
            aria-label="Filter"
            aria-autocomplete="list"
            aria-expanded={listed}
            aria-controls={`${id}-list`}
            aria-activedescendant={listed && at !== null ? `${id}-${at}` : undefined}
            aria-invalid={(wrong && !stale) || undefined}
            aria-describedby={wrong ? `${id}-wrong` : undefined}
            aria-keyshortcuts="/"
            placeholder="agent:… outcome:… or words in quotes"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              setCaret(event.target.selectionStart ?? event.target.value.length)
              setPut(null)
              setOpen(true)
              setActive(null)
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onKeyDown={onKeyDown}
            onBlur={() => setOpen(false)}
          />
          <Kbd>/</Kbd>
          <Rest address={address} kept={kept} />
          <OptionList id={id} options={listed ? options : []} active={at} onChoose={choose} />
        </div>
        <Button type="submit">Show</Button>
      </div>
      <div role="alert">
        {wrong && (
          <QueryProblems
            id={`${id}-wrong`}
            text={problems.text}
            problems={problems.list}
            mend={({ at: from, length, instead = '' }) => {
              const mended = (problems.text.slice(0, from) + instead + problems.text.slice(from + length)).replace(
                / {2,}/gu,
                ' ',
              )
              setText(mended)
              submit(mended)
            }}
          />
        )}
      </div>
      {children}
    </form>
  )
}

/** What of the view a form without JavaScript has to bring along. */
function Rest({ address: { span, tz, table }, kept }: { address: Address; kept: string }) {
  return (
    <>
      {'last' in span ? (
        <input type="hidden" name="last" value={span.last} />
      ) : (
        <>
          <input type="hidden" name="from" value={span.from.toISOString()} />
          <input type="hidden" name="to" value={span.to.toISOString()} />
        </>
      )}
      {tz && <input type="hidden" name="tz" value={tz} />}
      {table && <input type="hidden" name="view" value="table" />}
      {kept !== '' && <input type="hidden" name="kept" value={kept} />}
    </>
  )
}

const rangeOf = ({ span }: Address): string => auditPath({ span }).split('?')[1] ?? ''

/** `/` leads to the bar from anywhere on the page but where something is typed. */
function useSlash(input: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const lead = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || event.metaKey || event.ctrlKey || event.altKey) return
      const on = document.activeElement
      if (on instanceof HTMLElement && (on.isContentEditable || on.matches('input, textarea, select'))) return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    document.addEventListener('keydown', lead)
    return () => document.removeEventListener('keydown', lead)
  }, [input])
}
