export const TRANSPORTS = ['http', 'stdio'] as const
export type Transport = (typeof TRANSPORTS)[number]
export type UpstreamState = 'proposed' | 'connected' | 'disconnected'

/** Names that mean something else already (`lib/tools/tool.ts`). */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['local', 'claude-code'])

/** At most so many at a time: each is asked, pinned and watched. */
export const MOST_UPSTREAMS = 200

/** What a person signs for: everything that is said of an upstream but its secret. Ids are bare UUIDs. */
export type Stated = {
  name: string
  transport: Transport
  address: string
  header: string | null
  private: boolean
  ownerId: string
  reach: string
  production: boolean
  trusted: boolean
}

/**
 * Whether a ciso who did not propose it signs for it (C08): what can write to production, and what is said to return nobody else's words,
 * which waives the taint of its results (C13).
 */
export function needsSignature({ production, trusted }: Pick<Stated, 'production' | 'trusted'>): boolean {
  return production || trusted
}

/** The sentence a ciso signs. */
export function signingSentence({
  name,
  production,
  trusted,
}: Pick<Stated, 'name' | 'production' | 'trusted'>): string {
  const what = [
    ...(production ? ['can write to production'] : []),
    ...(trusted ? ['returns only what the organisation itself wrote'] : []),
  ]
  return `I have read what ${name} reaches, that it ${what.join(' and ')}, and I sign for agents calling it.`
}
