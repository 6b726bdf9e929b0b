import {
  type Answer,
  CountersignClient,
  type Outcome,
  type Proposal,
  type Reply,
  type SandboxChallenge,
} from '../sdk/client'
import { type Bounds, confinementOf, enforcedOf, type Confinement } from './confinement'
import type { Refusal } from '../sdk/refusal'
import { shortened } from './outcome'
import type { Runtime } from './runtime'
import { attest, type RunnerKey } from './runner-key'

/** What is wrong with an outcome itself, however often it is told. */
const UNFIT: ReadonlySet<string> = new Set(['too_large', 'invalid_json', 'invalid_request'])

type Sandboxed = {
  key: RunnerKey | null
  runtime: Runtime
  workspace: string
  /** which folder the workspace is, and what was asked for */
  own: { identity: string } & Partial<Bounds>
  held: (answer: Answer) => void
}

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

  /** Each try carries an attestation of its own, and the key says that it is the same action. */
  override async propose(proposal: Proposal, key?: string, signal?: AbortSignal): Promise<Answer> {
    this.#asked = { tool: proposal.tool, arguments: proposal.arguments ?? {} }
    const attestation = await this.#attested(undefined, signal)
    return super.propose({ ...proposal, ...(attestation !== undefined && { attestation }) }, key, signal)
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
    const said = { ...outcome, ...this.outcome }
    try {
      return await super.report(actionId, grant, said)
    } catch (error) {
      const { code } = error as Partial<Refusal>
      if (code === undefined || !UNFIT.has(code)) throw error
      // what a command says never decides whether it is recorded that it ran
      return super.report(actionId, grant, { ...said, output: shortened(said.output) })
    }
  }

  /** Asks what has to be enforced, keeps it, and signs it. */
  async #attested(action?: string, signal?: AbortSignal): Promise<string | undefined> {
    const { key, runtime, workspace, own } = this.sandboxed
    const challenge = await this.challengeSandbox(signal)
    this.confinement = confinementOf(challenge.sandbox, workspace, own)
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
