'use client'

import { Check, Circle, Signature } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '@/lib/core/paths'
import type { Said } from '../people/said'
import { Button } from '../ui/button'
import { Digest } from '../ui/digest'
import { TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { Icon } from '../ui/icon'
import { useViewed, VIEWS, type View } from './viewed'

const WORDS: Record<View, string> = { effect: 'Effect', rules: 'Rules', source: 'Source' }

/**
 * The signature of one person on one digest. It says what is still missing, each with the way to it. A plain form: without
 * JavaScript nobody can know what was viewed, so that is not asked there; the statement always is, by the server too.
 */
export function SignForm({
  slug,
  version,
  digest,
  widens,
  widened,
  errors,
  statement: before,
}: {
  slug: string
  version: number
  digest: string
  widens: boolean
  /** the categories it widens; of several, each asks for a reason */
  widened: readonly { category: string; words: string }[]
  errors: Said['errors']
  statement: string
}) {
  const viewed = useViewed(digest)
  const [statement, setStatement] = useState(before)
  const unseen = viewed === null ? [] : VIEWS.filter((view) => !viewed.has(view))
  const empty = viewed !== null && statement.trim() === ''
  return (
    <form
      method="post"
      action={`/api/console/boundaries/${slug}/${String(version)}/signature`}
      aria-label={`Sign version ${String(version)}`}
    >
      <FormErrors errors={errors} />
      {viewed !== null && (
        <ul className="ck">
          {VIEWS.map((view) => (
            <li key={view}>
              <span className={viewed.has(view) ? 'st allow' : 'st hold'}>
                <Icon of={viewed.has(view) ? Check : Circle} />
                {viewed.has(view) ? (
                  `${WORDS[view]} viewed`
                ) : (
                  <span>
                    <Link href={`${paths.boundary(slug, version)}?view=${view}`} scroll={false}>
                      {WORDS[view]}
                    </Link>{' '}
                    not viewed yet
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      <input type="hidden" name="digest" value={digest} />
      <TextArea
        label={widens ? 'Why this widening is justified' : 'Why you sign this'}
        name="statement"
        rows={4}
        required
        maxLength={2000}
        placeholder="In your own words. It stands on the ledger beside your name."
        value={statement}
        onChange={(event) => {
          setStatement(event.target.value)
        }}
        error={errors.find(({ field }) => field === 'statement')?.detail}
      />
      {widened.length > 1 && (
        <fieldset className="gap-above">
          <legend>
            It widens <b>{widened.length} categories at once</b>. Each asks why.
          </legend>
          {widened.map(({ category, words }) => (
            <TextArea
              key={category}
              label={`Why it widens ${words}`}
              name={`because.${category}`}
              rows={2}
              required
              maxLength={2000}
              error={errors.find(({ field }) => field === `because.${category}`)?.detail}
            />
          ))}
        </fieldset>
      )}
      <p className="digl">
        <span className="t3">You sign exactly</span> <Digest value={digest} what="the digest you sign" />
      </p>
      <Button
        type="submit"
        variant="pri"
        size="lg"
        wide
        icon={Signature}
        disabledReason={unseen.length > 0 || empty ? notYet(unseen, empty) : undefined}
      >
        Sign version {version}
      </Button>
    </form>
  )
}

function notYet(unseen: readonly View[], empty: boolean) {
  const missing = [
    ...(unseen.length > 0
      ? [`${unseen.map((view) => WORDS[view]).join(' and ')} ${unseen.length === 1 ? 'is' : 'are'} not viewed`]
      : []),
    ...(empty ? ['the statement is empty'] : []),
  ]
  return (
    <>
      <b>Not yet:</b> {missing.join(', and ')}.
    </>
  )
}
