import { Circle } from 'lucide-react'
import Link from 'next/link'
import { Icon } from '@/components/ui/icon'
import { StateWord } from '@/components/ui/state-word'
import { paths } from '@/lib/core/paths'
import type { FirstSteps } from '@/lib/people/read'

type Step = { title: string; why: string; done: boolean; href: string }

/** What an installation needs before its first agent may act, in order, and how far it is. */
export function FirstStepsList({ steps, linked }: { steps: FirstSteps; linked: boolean }) {
  const list: Step[] = [
    {
      title: 'Invite a ciso',
      why: 'Signs what agents may do. Until a boundary is signed, nothing runs.',
      done: steps.ciso,
      href: paths.people(),
    },
    {
      title: 'Invite an analyst',
      why: 'Answers what agents ask. Two, so that one may be away.',
      done: steps.analysts > 0,
      href: paths.people(),
    },
    { title: 'Put someone on call', why: 'Stops everything, at any hour.', done: steps.onCall, href: paths.onCall() },
    {
      title: 'Connect the first agent',
      why: 'It does nothing until its boundary is signed.',
      done: steps.agents > 0,
      href: paths.agents(),
    },
  ]
  const next = list.findIndex(({ done }) => !done)
  return (
    <ol className="steps">
      {list.map((step, at) => (
        <li key={step.title}>
          <span className="no">{at + 1}</span>
          <div>
            <b>{linked && at === next ? <Link href={step.href}>{step.title}</Link> : step.title}</b>
            <p className="t2">{step.why}</p>
          </div>
          <span>
            {step.done ? (
              <StateWord state="resolved" word="Done" />
            ) : at === next ? (
              <span className="st hold">
                <Icon of={Circle} />
                Next
              </span>
            ) : (
              <span className="st quiet">After {at}</span>
            )}
          </span>
        </li>
      ))}
    </ol>
  )
}

/** Whether anything of the list is still to be done. */
export function stepsLeft(steps: FirstSteps): boolean {
  return !steps.ciso || steps.analysts === 0 || !steps.onCall || steps.agents === 0
}
