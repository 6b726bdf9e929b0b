import {
  type Answer,
  CountersignClient,
  type Outcome,
  type Proposal,
  type Reply,
  type SandboxChallenge,
} from '../sdk/client'
import { confinementOf, enforcedOf, type Confinement } from './confinement'
import type { Runtime } from './runtime'
import { attest, type RunnerKey } from './runner-key'

type Sandboxed = { key: RunnerKey | null; runtime: Runtime; workspace: string; held: (answer: Answer) => void }

/**
 * A client for one sandboxed command: what it proposes and claims carries a fresh attestation, where there is a key to sign it with, and what
 * it reports is what the sandbox says came of it.
 */
export class SandboxClient extends CountersignClient {
  /** what the command is confined to: under the challenge that was answered last */
  confinement: Confinement | null = null
  boundary: SandboxChallenge['boundary'] = null
  /** reported in place of what the SDK would say */
  outcome: Outcome | null = null
  #asked: { tool: string; arguments: Record<string, unknown> } = { tool: '', arguments: {} }

  constructor(
    options: ConstructorParameters<typeof CountersignClient>[0],
    private readonly sandboxed: Sandboxed,
  ) {
    super(options)
  }

  override async propose(proposal: Proposal): Promise<Answer> {
    this.#asked = { tool: proposal.tool, arguments: proposal.arguments ?? {} }
    const attestation = await this.#attested()
    return super.propose({ ...proposal, ...(attestation !== undefined && { attestation }) })
  }

  override async settled(answer: Answer, reply?: Reply, signal?: AbortSignal): Promise<Answer> {
    if (answer.status === 'held') this.sandboxed.held(answer)
    const settled = await super.settled(answer, reply, signal)
    if (settled.edited !== null) this.#asked = { ...this.#asked, arguments: settled.edited.arguments }
    return settled
  }

  override async claim(actionId: string): Promise<Answer> {
    return super.claim(actionId, await this.#attested(actionId))
  }

  override async report(actionId: string, grant: string, outcome: Outcome): Promise<Answer> {
    return super.report(actionId, grant, { ...outcome, ...this.outcome })
  }

  /** Asks what has to be enforced, keeps it, and signs it. */
  async #attested(action?: string): Promise<string | undefined> {
    const { key, runtime, workspace } = this.sandboxed
    const challenge = await this.challengeSandbox()
    this.confinement = confinementOf(challenge.sandbox, workspace)
    this.boundary = challenge.boundary
    if (key === null) return undefined
    const enforced = enforcedOf(this.confinement)
    return attest(
      key,
      challenge,
      { ...this.#asked, ...(action !== undefined && { action }), enforced, runtime },
      Date.now(),
    )
  }
}
