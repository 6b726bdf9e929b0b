'use client'

import { Check, Circle, Signature } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '@/lib/core/paths'
import { PasskeyAsking } from '../people/passkey-asking'
import type { Said } from '../people/said'
import { usePasskeyForm } from '../people/use-passkey'
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
  words,
  passkey,
  errors,
  statement: before,
}: {
  slug: string
  version: number
  digest: string
  widens: boolean
  /** the categories it widens; of several, each asks for a reason */
  widened: readonly { category: string; words: string }[]
  /** what is signed, as a sentence of the signer’s */
  words: string
  /** whether a passkey is asked for, and whether the signer has one and this address can */
  passkey: { needed: boolean; has: boolean; possible: boolean }
  errors: Said['errors']
  statement: string
}) {
  const action = `/api/console/boundaries/${slug}/${String(version)}`
  const { asking, onSubmit } = usePasskeyForm(`${action}/challenge`, passkey.needed)
  const viewed = useViewed(digest)
  const [statement, setStatement] = useState(before)
  const unseen = viewed === null ? [] : VIEWS.filter((view) => !viewed.has(view))
  const empty = viewed !== null && statement.trim() === ''
  return (
    <form
      method="post"
      action={`${action}/signature`}
      onSubmit={onSubmit}
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
      <input type="hidden" name="assertion" defaultValue="" />
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
      <figure className="sign-words">
        <figcaption>What you sign</figcaption>
        <blockquote>{words}</blockquote>
        <p className="digl">
          <span className="t3">Exactly</span> <Digest value={digest} what="the digest you sign" />
        </p>
      </figure>
      {passkey.needed ? (
        <PasskeyAsking asking={asking} />
      ) : (
        <p className="t2 s12 gap-above">
          You sign in a <b>password session</b>, and the signature is marked so.{' '}
          {passkey.possible && (
            <>
              <Link href={paths.passkeys()}>Add a passkey</Link> to sign so that anybody can check it was you.
            </>
          )}
        </p>
      )}
      <Button
        type="submit"
        variant="pri"
        size="lg"
        wide
        icon={Signature}
        busy={asking.busy}
        disabledReason={barred(passkey) ?? (unseen.length > 0 || empty ? notYet(unseen, empty) : undefined)}
      >
        Sign version {version}
      </Button>
    </form>
  )
}

/** What keeps this person from signing at all. */
function barred({ needed, has, possible }: { needed: boolean; has: boolean; possible: boolean }) {
  if (!needed || (has && possible)) return undefined
  if (!possible) return 'Signatures need a passkey, and this address cannot have one: open the console by its name.'
  return (
    <>
      Signatures need a passkey here, and you have none yet. <Link href={paths.passkeys()}>Add a passkey</Link>
    </>
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
