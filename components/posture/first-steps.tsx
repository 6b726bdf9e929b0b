import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import type { FirstStep } from '@/lib/evidence/posture'
import { paths } from '@/lib/core/paths'
import { ButtonLink } from '../ui/button'
import { Icon } from '../ui/icon'

const STEPS: Record<FirstStep['key'], { title: string; words: ReactNode; who: string; href: string; act: string }> = {
  people: {
    title: 'Invite the people it takes',
    words:
      'A ciso signs what agents may do, an analyst decides what is held. Whoever drafts never signs, so it takes more than one.',
    who: 'an administrator',
    href: paths.people(),
    act: 'Invite people',
  },
  agent: {
    title: 'Register an agent',
    words:
      'A name, a purpose, a person who answers for it, a date to look at it again, and where the data it reads goes.',
    who: 'whoever will own it',
    href: paths.newAgent(),
    act: 'Register an agent',
  },
  boundary: {
    title: 'Draft its boundary',
    words: 'One page that says what it may do alone, what it must ask first, and what it may never do.',
    who: 'its owner',
    href: paths.boundaries(),
    act: 'Draft a boundary',
  },
  signature: {
    title: 'Sign it',
    words: 'Until a ciso who did not draft it has signed, the answer to everything the agent asks is forbid.',
    who: 'a ciso',
    href: paths.boundaries(),
    act: 'See what waits to be signed',
  },
  action: {
    title: 'Let it ask',
    words:
      'Its program asks here before it acts. Everything it asks, and every answer, is in the ledger from the first one.',
    who: 'its owner, with a credential',
    href: paths.agents(),
    act: 'See the agents',
  },
}

/** What is still to do until the first agent is governed, in order, with who does it. The first open step is the one to take. */
export function FirstSteps({ steps }: { steps: readonly FirstStep[] }) {
  const next = steps.find((step) => !step.done)
  return (
    <ol className="steps">
      {steps.map((step, at) => {
        const { title, words, who, href, act } = STEPS[step.key]
        return (
          <li key={step.key}>
            <span className="no">{step.done ? <Icon of={Check} /> : at + 1}</span>
            <div>
              <b>{title}</b> {step.done ? <span className="t3">done</span> : <span className="t3">by {who}</span>}
              <p className="t2">{words}</p>
            </div>
            {step === next && (
              <div>
                <ButtonLink variant="pri" href={href}>
                  {act}
                </ButtonLink>
              </div>
            )}
          </li>
        )
      })}
    </ol>
  )
}
