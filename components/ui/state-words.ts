import {
  ArrowRight,
  Ban,
  Check,
  CheckCheck,
  Circle,
  CircleHelp,
  Clock,
  FilePen,
  KeyRound,
  Lock,
  type LucideIcon,
  Minus,
  OctagonMinus,
  Pause,
  Plus,
  Radio,
  ShieldAlert,
  ShieldCheck,
  Signature,
  Snowflake,
  TimerOff,
  TriangleAlert,
  Undo2,
  User,
  UserCheck,
  UserX,
  X,
} from 'lucide-react'

/** What a colour means. `halt` is always a solid fill; `quiet` is a state nobody has to weigh. */
export type Tone = 'allow' | 'hold' | 'forbid' | 'halt' | 'inkc' | 'quiet'

type Word = { icon: LucideIcon; word: string; tone: Tone }

const state = (icon: LucideIcon, word: string, tone: Tone): Word => ({ icon, word, tone })

/**
 * Every state the console can show: icon, word and colour in one table, so that the same state never looks two ways. The
 * keys are the words of the rules (DESIGN §1, §4); red is kept for forbid, a human's rejection, a halt and a broken ledger.
 */
export const STATES = {
  // decisions
  allow: state(Check, 'Allow', 'allow'),
  hold: state(Pause, 'Hold', 'hold'),
  forbid: state(Ban, 'Forbid', 'forbid'),
  // actions and approvals
  proposed: state(Circle, 'Proposed', 'quiet'),
  allowed: state(Check, 'Allowed', 'allow'),
  held: state(Pause, 'Held', 'hold'),
  forbidden: state(Ban, 'Forbidden', 'forbid'),
  pending: state(Pause, 'Pending', 'hold'),
  approved: state(UserCheck, 'Approved', 'allow'),
  rejected: state(UserX, 'Rejected', 'forbid'),
  expired: state(TimerOff, 'Expired', 'quiet'),
  withdrawn: state(Undo2, 'Withdrawn', 'quiet'),
  superseded: state(ArrowRight, 'Superseded', 'quiet'),
  frozen: state(Snowflake, 'Frozen', 'quiet'),
  // execution
  claimed: state(Radio, 'Running', 'allow'),
  succeeded: state(CheckCheck, 'Succeeded', 'quiet'),
  failed: state(X, 'Failed', 'quiet'),
  aborted: state(Minus, 'Aborted', 'quiet'),
  unknown: state(CircleHelp, 'Unknown', 'hold'),
  // agents and their runs
  draft: state(FilePen, 'Draft', 'quiet'),
  registered: state(Circle, 'Registered', 'quiet'),
  active: state(Check, 'Active', 'allow'),
  contained: state(Lock, 'Contained', 'hold'),
  suspended: state(Pause, 'Suspended', 'hold'),
  retired: state(Minus, 'Retired', 'quiet'),
  unsigned: state(Signature, 'Unsigned', 'hold'),
  orphaned: state(User, 'No owner', 'hold'),
  open: state(Radio, 'Open', 'allow'),
  closed: state(Minus, 'Closed', 'quiet'),
  // boundaries
  signed: state(Signature, 'Signed', 'inkc'),
  in_force: state(Signature, 'In force', 'inkc'),
  awaiting_signature: state(Signature, 'Waiting for a signature', 'hold'),
  lapsed: state(TimerOff, 'Lapsed', 'hold'),
  returned: state(Undo2, 'Sent back', 'quiet'),
  wider: state(Plus, 'Wider', 'hold'),
  narrower: state(Minus, 'Narrower', 'allow'),
  // halts
  engaged: state(OctagonMinus, 'Halted', 'halt'),
  halted: state(OctagonMinus, 'Halted', 'halt'),
  lifted: state(Undo2, 'Lifted', 'quiet'),
  confirmed: state(Check, 'Confirmed', 'allow'),
  no_answer: state(CircleHelp, 'No answer', 'hold'),
  // alerts
  raised: state(TriangleAlert, 'Raised', 'hold'),
  escalated: state(TriangleAlert, 'Escalated', 'hold'),
  acknowledged: state(UserCheck, 'Acknowledged', 'quiet'),
  resolved: state(Check, 'Resolved', 'quiet'),
  // the ledger
  verified: state(ShieldCheck, 'Verified', 'allow'),
  unverified: state(ShieldAlert, 'Not verified yet', 'hold'),
  broken: state(ShieldAlert, 'Broken', 'forbid'),
  // credentials, people, tokens
  in_use: state(KeyRound, 'In use', 'allow'),
  ending: state(Clock, 'Ending', 'quiet'),
  revoked: state(Ban, 'Revoked', 'quiet'),
  deactivated: state(Minus, 'Deactivated', 'quiet'),
  invited: state(Clock, 'Invited', 'quiet'),
  on_call: state(Radio, 'On call', 'inkc'),
  untrusted: state(ShieldAlert, 'Untrusted', 'hold'),
} as const satisfies Record<string, Word>

export type StateName = keyof typeof STATES

/** Whether a text from the database or the wire is a state this table knows. */
export function isStateName(text: string): text is StateName {
  return Object.hasOwn(STATES, text)
}
