'use client'

import { Redo2, Undo2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, type SubmitEvent, useRef, useState } from 'react'
import type { Path, Plain } from '@/lib/boundary/plain'
import { paths } from '@/lib/core/paths'
import type { Said } from '../people/said'
import { isApiProblem, postJson, type ApiProblem } from '../shell/api'
import { Button, ButtonLink } from '../ui/button'
import { TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { Time } from '../ui/time'
import { EditorKeys } from './editor-keys'
import type { KnownTool, RecentCall } from './known-tool'
import { faultsOf, isOfSource, othersOf, summaryOf } from './save-errors'
import { SourceField, type SourceHandle } from './source-field'
import { Tester } from './tester'
import { useBench } from './use-bench'
import { useFaults } from './use-faults'
import { useHistory } from './use-history'
import { useKept, useLeaveGuard } from './use-kept'

/**
 * The editor of a draft: the boundary as a form and as YAML, in step. A plain form that a script makes better: without it the text is
 * edited and saved as it is. What the form changes is written into the text, and what the text says is what the form shows.
 */
export function Editor({
  slug,
  source: given,
  note: givenNote,
  saved,
  said,
  tools,
  recent,
}: {
  slug: string
  source: string
  note: string
  /** the version this draft has already, or would get */
  saved: { version: number; exists: boolean }
  said: Pick<Said, 'errors'>
  tools: readonly KnownTool[]
  /** null for the baseline, on which no single call can be tried */
  recent: readonly RecentCall[] | null
}) {
  const router = useRouter()
  const { source, write, undo, redo } = useHistory(given)
  const [note, setNote] = useState(givenNote)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<{ of: string; is: ApiProblem } | null>(null)
  const [refused, setRefused] = useState<{ path: Path; problem: string; of: string } | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const text = useRef<SourceHandle>(null)
  const dirty = useRef(false)
  const jumped = useRef(-1)
  useLeaveGuard(dirty)
  const kept = useKept(slug, saved.version, { source: given, note: givenNote }, { source, note })
  const bench = useBench()
  const checked = useFaults(slug, source, bench)

  const fromServer = faultsOf(problem?.is.errors ?? said.errors)
  const stillAsSaved = problem === null ? source === given : problem.of === source
  const faults = bench === null || (checked.checking && stillAsSaved) ? fromServer : checked.faults
  const others = problem === null ? said.errors.filter((error) => !isOfSource(error.field)) : othersOf(problem.is)

  // The last text the form could read: what it shows while the text cannot be.
  const document = bench === null || !checked.readable ? null : bench.plainOf(source)
  const [good, setGood] = useState<{ source: string; document: Plain } | null>(null)
  if (document !== null && good?.source !== source) setGood({ source, document })

  const change = (next: string, by: string) => {
    dirty.current = true
    write(next, by)
  }
  const writeFrom = (path: Path, value: Plain | undefined) => {
    if (bench === null) return
    const edited = bench.edit(source, path, value)
    if ('problem' in edited) setRefused({ path, problem: edited.problem, of: source })
    else change(edited.source, path.join('.'))
  }
  const jumpTo = (path: Path) => {
    if (bench !== null) text.current?.goTo(bench.placeIn(source, path))
  }
  const save = async () => {
    setBusy(true)
    setProblem(null)
    try {
      const { version } = await postJson<{ version: number }>(`/api/console/boundaries/${slug}/draft`, { source, note })
      dirty.current = false
      kept.forget()
      router.push(paths.boundary(slug, version))
    } catch (error) {
      if (!isApiProblem(error)) throw error
      setBusy(false)
      setProblem({ of: source, is: error })
    }
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!busy) void save()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const command = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    const own = (event.target as HTMLElement).id === 'f-note'
    if (command && (key === 'enter' || key === 's')) {
      event.preventDefault()
      form.current?.requestSubmit()
    } else if (command && !own && (key === 'z' || key === 'y')) {
      event.preventDefault()
      dirty.current = true
      if (key === 'y' || event.shiftKey) redo()
      else undo()
    } else if (event.key === 'F8' && faults.length > 0) {
      event.preventDefault()
      jumped.current = (jumped.current + 1) % faults.length
      const fault = faults[jumped.current]
      if (fault) text.current?.goTo(fault)
    }
  }
  const FormView = bench?.FormView
  return (
    <>
      {/* The keys are pressed in fields and bubble up: the form itself takes no focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <form
        ref={form}
        method="post"
        action={`/api/console/boundaries/${slug}/draft`}
        aria-label="Draft"
        onSubmit={submit}
        onKeyDown={onKeyDown}
      >
        <FormErrors
          key={problem === null ? 'none' : 'problem'}
          errors={
            others.length > 0 || fromServer.length === 0 || !stillAsSaved
              ? others
              : [{ field: 'source', detail: summaryOf(fromServer) }]
          }
        />
        {kept.found !== null && (
          <div className="kept" role="status">
            <p>
              This browser kept what was not saved on <Time at={new Date(kept.found.at)} />.
            </p>
            <Button
              size="sm"
              onClick={() => {
                if (kept.found === null) return
                change(kept.found.source, 'kept')
                setNote(kept.found.note)
                kept.forget()
              }}
            >
              Go on with it
            </Button>
            <Button size="sm" variant="bare" onClick={kept.forget}>
              Forget it
            </Button>
          </div>
        )}
        <div className="ed-bar">
          <p role="status">{standing(bench !== null, checked, faults.length)}</p>
          <Button size="sm" icon={Undo2} onClick={undo}>
            Undo
          </Button>
          <Button size="sm" icon={Redo2} onClick={redo}>
            Redo
          </Button>
          <EditorKeys />
        </div>
        <div className="ed-two">
          <section aria-labelledby="as-form">
            <h2 id="as-form" className="ed-h">
              As a form
            </h2>
            {FormView === undefined || good === null ? (
              <p className="t3 ed-wait">
                {bench === null
                  ? 'The form is opened by a script. The text beside it needs none.'
                  : 'The form opens once the text can be read.'}
              </p>
            ) : (
              <FormView
                document={good.document}
                stale={!checked.readable}
                faults={faults}
                tools={tools}
                baseline={recent === null}
                refused={refused?.of === source ? refused : null}
                onWrite={writeFrom}
                onJump={jumpTo}
              />
            )}
          </section>
          <SourceField
            ref={text}
            value={source}
            faults={faults}
            offersAt={bench === null ? undefined : (all, at) => bench.offersAt(all, at, tools)}
            onChange={(next) => {
              change(next, 'text')
            }}
          />
        </div>
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
      {recent !== null && bench !== null && (
        <div className="ed-tried">
          <Tester
            slug={slug}
            source={source}
            tools={tools}
            recent={recent}
            onJump={(rule) => {
              jumpTo(bench.pathOf(rule))
            }}
          />
        </div>
      )}
    </>
  )
}

function standing(
  ready: boolean,
  { readable, checking, failed }: ReturnType<typeof useFaults>,
  faults: number,
): string {
  if (!ready) return ''
  if (!readable) return 'The text cannot be read as it is.'
  if (failed) return 'The server did not check it; saving does.'
  if (checking) return 'Checking…'
  return faults === 0
    ? 'Nothing is wrong with it.'
    : faults === 1
      ? 'One thing is not right.'
      : `${String(faults)} things are not right.`
}
