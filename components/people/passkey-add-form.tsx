'use client'

import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { Fingerprint } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { isApiProblem, postJson } from '../shell/api'
import { useScripted } from '../ui/use-scripted'
import { passkeyProblem, webauthn } from './use-passkey'

type Begun = {
  create: PublicKeyCredentialCreationOptionsJSON
  prove: PublicKeyCredentialRequestOptionsJSON | null
  words: string
}
type Now = { busy: boolean; step: string | null; problem: string | null; field: string | undefined }

/** Adds a passkey: a name, the password again, the passkey one has already where one has any, and the new one. */
export function PasskeyAddForm({ proves }: { proves: boolean }) {
  const router = useRouter()
  const scripted = useScripted()
  const [now, setNow] = useState<Now>({ busy: false, step: null, problem: null, field: undefined })
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    setNow({ busy: true, step: 'Asking…', problem: null, field: undefined })
    add(new FormData(form), (step) => {
      setNow({ busy: true, step, problem: null, field: undefined })
    })
      .then((name) => {
        form.reset()
        setNow({
          busy: false,
          step: `“${name}” is added. You sign with it from now on.`,
          problem: null,
          field: undefined,
        })
        router.refresh()
      })
      .catch((error: unknown) => {
        const field = isApiProblem(error) ? (error.field ?? error.errors[0]?.field) : undefined
        setNow({ busy: false, step: null, problem: passkeyProblem(error), field })
      })
  }
  const errorOf = (name: string) => (now.field === name && now.problem !== null ? now.problem : undefined)
  return (
    // Without a script the button sends nothing: there is no passkey then, and a password goes nowhere for nothing.
    <form method="post" action="/api/console/passkeys/challenges" onSubmit={onSubmit} className="narrow-form">
      <Field
        label="What is it called?"
        name="name"
        required
        maxLength={60}
        hint="So that you know later which one to remove: “Work laptop”, “Key in the safe”."
        error={errorOf('name')}
      />
      <Field
        label="Your password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        hint={proves ? 'And one of the passkeys you have: you are asked for it first.' : undefined}
        error={errorOf('password')}
      />
      <p role="status" className={now.step === null ? 'vh' : 'pk-ask'}>
        {now.step}
      </p>
      {now.problem !== null && now.field === undefined && (
        <p role="alert" className="err">
          {now.problem}
        </p>
      )}
      <Button
        type="submit"
        variant="pri"
        icon={Fingerprint}
        busy={now.busy}
        disabledReason={
          scripted ? undefined : 'A passkey needs JavaScript: allow it for this console, and load the page again.'
        }
      >
        Add a passkey
      </Button>
    </form>
  )
}

/** Answers the name of the passkey that was added. */
async function add(data: FormData, say: (step: string) => void): Promise<string> {
  const { startAuthentication, startRegistration } = await webauthn()
  const { create, prove, words } = await postJson<Begun>('/api/console/passkeys/challenges', {
    name: data.get('name'),
    password: data.get('password'),
  })
  if (prove) say(`With a passkey you have: “${words}”`)
  const proof = prove ? await startAuthentication({ optionsJSON: prove }) : undefined
  say('Now the new one: follow what your browser asks.')
  const attestation = await startRegistration({ optionsJSON: create })
  const { name } = await postJson<{ name: string }>('/api/console/passkeys', {
    attestation: plain(attestation),
    ...(proof && { proof: plain(proof) }),
  })
  return name
}

/** Only what the server reads: browsers add more, and their lists grow. */
function plain<T extends { id: string; rawId: string; type: string; response: object }>({
  id,
  rawId,
  type,
  response,
}: T) {
  return { id, rawId, type, response }
}
