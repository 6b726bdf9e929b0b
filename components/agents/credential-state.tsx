import type { CredentialState as State } from '@/lib/agents/credential'
import { StateWord } from '../ui/state-word'
import { sayFull } from '../ui/time-words'

/** A credential's state; one that was rotated away says when it ends. */
export function CredentialState({ state, expiresAt }: { state: State; expiresAt: Date | null }) {
  switch (state) {
    case 'live':
      return <StateWord state="in_use" word="Usable" />
    case 'ending':
      return <StateWord state="ending" word={expiresAt === null ? 'Ending' : `Ends ${sayFull(expiresAt)}`} />
    case 'expired':
      return <StateWord state="expired" word="Ended" />
    case 'revoked':
      return <StateWord state="revoked" />
  }
}
