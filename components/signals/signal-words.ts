import type { SecurityEventKind } from '@/lib/signals/security-event'

/** What came, as people say it. */
export const EVENT_WORDS: Readonly<Record<SecurityEventKind, string>> = {
  session_revoked: 'Session revoked',
  credential_change: 'Credential changed',
  account_disabled: 'Account disabled',
  verification: 'Verification',
  ignored: 'Another type',
}

/** What it led to. */
export const OUTCOME_WORDS: Readonly<Record<'contained' | 'no_agents' | 'nobody' | 'verified' | 'ignored', string>> = {
  contained: 'their agents are halted',
  no_agents: 'they own no agent',
  nobody: 'nobody here is meant',
  verified: 'the connection works',
  ignored: 'nothing: we act on other types',
}
