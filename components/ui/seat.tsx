import { FilePen, type LucideIcon, Radio, Signature, User } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'

const HANDS = { signed: Signature, drafted: FilePen, owns: User, 'on-call': Radio } as const satisfies Record<
  string,
  LucideIcon
>

type SeatProps =
  /** Somebody's answer: the name in ink, or in plain text where the hand did not sign (a drafter). */
  | { seat: 'taken'; who: ReactNode; hand?: keyof typeof HANDS; plain?: boolean; at?: ReactNode; under?: ReactNode }
  /** Open to the person who looks: the line is ink. */
  | { seat: 'you'; who: ReactNode; end?: ReactNode; under?: ReactNode }
  /** Open to others: says to whom. */
  | { seat: 'open'; to: ReactNode; end?: ReactNode; under?: ReactNode }
  /** Closed to the person who looks: says why, beneath. */
  | { seat: 'closed'; who: ReactNode; end?: ReactNode; reason: ReactNode }

/** A person's answer as a ruled line (design principle 2): approvals, signatures, owners, on call and lifts all use it. */
export function Seat(props: SeatProps) {
  const under = props.seat === 'closed' ? props.reason : props.under
  return (
    <div>
      <Line {...props} />
      {under && <p className="under">{under}</p>}
    </div>
  )
}

function Line(props: SeatProps) {
  switch (props.seat) {
    case 'taken':
      return (
        <div className={classNames('seat', props.plain && 'plain')}>
          <Icon of={HANDS[props.hand ?? 'signed']} />
          <span className="who">{props.who}</span>
          {props.at && <span className="end">{props.at}</span>}
        </div>
      )
    case 'you':
      return <OpenLine className="seat you" words={props.who} end={props.end ?? 'you'} />
    case 'open':
      return <OpenLine className="seat" words={props.to} end={props.end ?? 'open'} />
    case 'closed':
      return <OpenLine className="seat" words={props.who} end={props.end ?? 'not you'} />
  }
}

function OpenLine({ className, words, end }: { className: string; words: ReactNode; end: ReactNode }) {
  return (
    <div className={className}>
      <span className="open">{words}</span>
      <span className="end">{end}</span>
    </div>
  )
}

/** Two or more seats side by side; one under another on a phone. */
export function Seats({ children }: { children: ReactNode }) {
  return <div className="sigs">{children}</div>
}
