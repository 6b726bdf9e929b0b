'use client'

import { useRouter } from 'next/navigation'
import { type KeyboardEvent, type RefObject, type SubmitEvent, useEffect, useRef, useState } from 'react'
import { paths } from '@/lib/core/paths'
import type { Said } from '../people/said'
import { isApiProblem, postJson, type ApiProblem } from '../shell/api'
import { Button, ButtonLink } from '../ui/button'
import { TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { SourceField, type Fault } from './source-field'

/**
 * The editor of a draft. A plain form that a script makes better: then it is saved without leaving the page, so that nothing
 * typed is lost when something is wrong, and each fault leads to its line and column.
 */
export function Editor({
  slug,
  source: given,
  note: givenNote,
  saved,
  said,
}: {
  slug: string
  source: string
  note: string
  /** the version this draft has already, or would get */
  saved: { version: number; exists: boolean }
  said: Pick<Said, 'errors'>
}) {
  const router = useRouter()
  const [source, setSource] = useState(given)
  const [note, setNote] = useState(givenNote)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const dirty = useRef(false)
  useLeaveGuard(dirty)

  const faults = faultsOf(problem?.errors ?? said.errors)
  const others = problem === null ? said.errors.filter((error) => !isOfSource(error.field)) : othersOf(problem)

  const save = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const { version } = await postJson<{ version: number }>(`/api/console/boundaries/${slug}/draft`, { source, note })
      dirty.current = false
      router.push(paths.boundary(slug, version))
    } catch (error) {
      if (!isApiProblem(error)) throw error
      setBusy(false)
      setProblem(error)
    }
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!busy) void save()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit()
  }
  return (
    // The key is pressed in a field and bubbles up: the form itself takes no focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      ref={form}
      method="post"
      action={`/api/console/boundaries/${slug}/draft`}
      aria-label="Draft"
      onSubmit={submit}
      onKeyDown={onKeyDown}
    >
      <FormErrors
        errors={others.length > 0 || faults.length === 0 ? others : [{ field: 'source', detail: summaryOf(faults) }]}
      />
      <SourceField
        value={source}
        faults={faults}
        onChange={(next) => {
          dirty.current = true
          setSource(next)
        }}
      />
      <TextArea
        label="Why it should change"
        aside="for whoever signs it; recorded"
        name="note"
        rows={3}
        maxLength={1000}
        value={note}
        onChange={(event) => {
          dirty.current = true
          setNote(event.target.value)
        }}
      />
      <div className="formend">
        <Button type="submit" variant="pri" busy={busy}>
          Save version {saved.version}
        </Button>
        <ButtonLink variant="bare" href={saved.exists ? paths.boundary(slug, saved.version) : paths.boundaries()}>
          {saved.exists ? `Read version ${String(saved.version)}` : 'Back to the boundaries'}
        </ButtonLink>
        <span className="t3 s12">A ciso who is not you signs it. Until then nothing changes.</span>
      </div>
    </form>
  )
}

type AnyError = { field?: string; detail: string; line?: number; column?: number }

const isOfSource = (field: string | undefined): boolean => field?.startsWith('source') === true

function faultsOf(errors: readonly AnyError[]): Fault[] {
  return errors.flatMap(({ field, detail, line, column }) =>
    isOfSource(field) && line !== undefined ? [{ line, column: column ?? 1, detail }] : [],
  )
}

function othersOf({ errors, field, message }: ApiProblem): { field?: string; detail: string }[] {
  const rest = errors.filter((error) => !isOfSource(error.field))
  return errors.length === 0 ? [{ field, detail: message }] : rest
}

function summaryOf(faults: readonly Fault[]): string {
  const [first] = faults
  const more = faults.length > 1 ? ` and ${String(faults.length - 1)} more` : ''
  return first === undefined
    ? ''
    : `Line ${String(first.line)}, column ${String(first.column)}${more}: listed under the text.`
}

/** Asks before a tab with unsaved words is closed. */
function useLeaveGuard(dirty: RefObject<boolean>): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (dirty.current) event.preventDefault()
    }
    window.addEventListener('beforeunload', ask)
    return () => {
      window.removeEventListener('beforeunload', ask)
    }
  }, [dirty])
}
