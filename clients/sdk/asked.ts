/** What an agent proposes: the body of `POST /api/v1/actions` (DESIGN §6). */
export type Proposal = {
  tool: string
  arguments?: Record<string, unknown>
  resource?: { type: string; id: string }
  run?: { id: string }
  on_behalf_of?: { type: string; id: string }
  reasoning?: { summary?: string; signals?: string[]; intel?: string[]; skill?: string; confidence?: number }
  evidence?: { title: string; uri?: string; excerpt?: string; untrusted?: boolean }[]
  untrusted_sources?: string[]
  tested_against?: { data: string; uri?: string; digest?: string; result?: string; passed?: boolean }[]
  /** a request of this agent that waits: this one takes its place */
  replaces?: string
  /** what a runner signed of the sandbox this will run in */
  attestation?: string
}

/** The server's answer. Only the fields a program branches on are typed; v1 answers only grow. */
export type Answer = {
  id: string
  decision: 'allow' | 'hold' | 'forbid'
  status: string
  digest: string
  reason: { code: string; text: string; rule: string | null }
  approval: { id: string; status: string; expires_at: string; url: string } | null
  /** what a person edited the arguments to: the grant is for these, so run these */
  edited: { arguments: Record<string, unknown>; at: string } | null
  /** what an approver asks before they answer */
  question: { id: string; text: string; asked_at: string } | null
  grant: { token: string; expires_at: string } | null
}

/** The answer of `POST /api/v1/sandbox-challenges`. `sandbox`: what the boundary in force asks of code; null: nothing. */
export type SandboxChallenge = {
  nonce: string
  expires_in: number
  agent: string
  audience: string
  boundary: { version: number; digest: string } | null
  sandbox: {
    isolated: boolean
    credentials: 'any' | 'none'
    egress: 'any' | 'allowlist' | 'none'
    hosts: string[]
    filesystem: 'any' | 'workspace' | 'read_only'
    /** the longest it may run, in milliseconds */
    time?: number
    /** bytes, of all its processes together */
    memory?: number
    /** processes and threads */
    processes?: number
  } | null
  profile: string
}
