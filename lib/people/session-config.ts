/** What both halves of the process must agree on about sessions. */
export type SessionConfig = {
  /** the origin people open, such as `https://countersign.example.com`: it fixes links, cookies and what counts as cross-site */
  readonly publicUrl: string
  /** encrypts session cookies; 32 characters or more, the same on every replica */
  readonly secret: string
}

// Next bundles its own copy of this file; the symbol is what the two halves of the process share (DESIGN §3). An environment
// variable would do too, and would hand the secret to every child process.
const SHARED = Symbol.for('countersign.sessions')
const holder = globalThis as { [SHARED]?: SessionConfig }

/** Says it, once, before anything is served. */
export function openSessions(config: SessionConfig): void {
  if (config.secret.length < 32) throw new RangeError('the session secret must be 32 characters or more')
  holder[SHARED] = { publicUrl: new URL(config.publicUrl).origin, secret: config.secret }
}

/** What the server said. Throws outside of it. */
export function sessionConfig(): SessionConfig {
  const config = holder[SHARED]
  if (config === undefined) throw new Error('Sessions are not open in this process.')
  return config
}
