'use client'

import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { type FormEvent, useState } from 'react'
import { isApiProblem, postJson } from '../shell/api'

/** What a challenge of ours answers: what the browser asks the passkey with, and the statement in words. */
type Asked = { options: PublicKeyCredentialRequestOptionsJSON; statement: { words: string } }

/** What a form of one act says while a passkey is asked: what is being signed, and what went wrong. */
export type PasskeyAsking = { busy: boolean; words: string | null; problem: string | null }

/** Loaded when it is used: no page pays for it before. */
export const webauthn = () => import('@simplewebauthn/browser')

/** A sentence for what kept a passkey from answering. */
export function passkeyProblem(error: unknown): string {
  if (isApiProblem(error)) return error.message
  const name = error instanceof Error ? error.name : ''
  if (name === 'InvalidStateError') return 'This device or key has a passkey of yours for this console already.'
  if (name === 'SecurityError')
    return 'This address cannot have passkeys: open the console by the name in PUBLIC_URL, over https.'
  if (name === 'NotAllowedError' || name === 'AbortError')
    return 'No passkey answered: it was cancelled, or it took too long.'
  return 'The browser could not ask for a passkey.'
}

/**
 * Sends a plain form only once a passkey has answered: asks the server what is to be signed, shows it, asks the passkey, and puts the
 * answer into the field `assertion`. The form is then sent as it would be without a script.
 * @param wanted false: the form is sent at once
 */
export function usePasskeyForm(challenge: string, wanted: boolean) {
  const [asking, setAsking] = useState<PasskeyAsking>({ busy: false, words: null, problem: null })
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    if (!wanted) return
    event.preventDefault()
    const form = event.currentTarget
    setAsking({ busy: true, words: null, problem: null })
    answered(challenge, form, (words) => {
      setAsking({ busy: true, words, problem: null })
    }).catch((error: unknown) => {
      setAsking({ busy: false, words: null, problem: passkeyProblem(error) })
    })
  }
  return { asking, onSubmit }
}

/**
 * Asks the server what is to be signed, says it, and asks the passkey; answers what the field `assertion` of a contract takes.
 * Throws what `passkeyProblem` has a sentence for: a refusal of the server, or what kept the passkey from answering.
 */
export async function askPasskey(challenge: string, said: unknown, show: (words: string) => void): Promise<string> {
  const { startAuthentication } = await webauthn()
  const { options, statement } = await postJson<Asked>(challenge, said)
  show(statement.words)
  return JSON.stringify(await startAuthentication({ optionsJSON: options }))
}

async function answered(challenge: string, form: HTMLFormElement, show: (words: string) => void): Promise<void> {
  const assertion = await askPasskey(challenge, valuesOf(form), show)
  const field = form.elements.namedItem('assertion')
  if (!(field instanceof HTMLInputElement)) throw new TypeError('the form has no field for it')
  field.value = assertion
  // not requestSubmit(): that would ask again
  form.submit()
}

/** A form's fields as our API takes them: of one name once a text, several times a list. Without the answer itself. */
function valuesOf(form: HTMLFormElement): Record<string, unknown> | undefined {
  const data = new FormData(form)
  data.delete('assertion')
  const names = [...new Set(data.keys())]
  if (names.length === 0) return {}
  return Object.fromEntries(
    names.map((name) => {
      const all = data.getAll(name)
      return [name, all.length === 1 ? all[0] : all]
    }),
  )
}
