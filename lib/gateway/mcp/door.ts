import type { JsonObject, JsonValue } from '@/lib/core/json'
import { transaction } from '@/lib/db/client'
import { upstreamError } from '@/lib/upstreams/failure'
import { noteAside } from '@/lib/upstreams/note'
import { readAskedBack, type AskedBack } from '@/lib/upstreams/round'
import { taintRun } from '@/lib/upstreams/run'
import { hasWords, rebuilt, signalsIn, withoutSecrets, type Findings } from './clean'
import type { Party } from './deps'
import { listed } from './list'
import { isObject } from './message'

/**
 * The one way from an upstream to its agent (ADR 0053): results, errors, notifications and requests of its own, on whatever stream they come. A
 * message is written anew, known secrets are masked, lists are cut to what the agent may see, and the run is tainted before anybody reads it.
 * One door serves one request of the agent, or one stream it listens on.
 */
export class Door {
  /** everything found in what came through */
  readonly found: Findings = { masked: [], signals: [] }
  /** whether anything was sent to the upstream: from then on nobody can say that nothing has run */
  forwarded = false
  /** what becomes of an answer that has come through, wherever it came: the door of a call records it */
  answered: (message: JsonObject) => Promise<JsonObject> = (message) => Promise.resolve(message)
  /** whether what it answers may ask back: else a result that does is none of the protocol's */
  mayAskBack = false
  /** what the answer asked back */
  askedBack: AskedBack | null = null
  readonly #tainted = new Set<string>()

  /**
   * @param asked the method whose answer comes through; null where the upstream speaks by itself
   * @param runOf the run that what is read belongs to, as a bare UUID
   * @param decided whether what is found is noted with a decision; else it is noted here, before anybody reads it
   */
  constructor(
    private readonly party: Party,
    private readonly asked: string | null,
    private readonly runOf: () => Promise<string>,
    private readonly decided = false,
  ) {}

  /**
   * A message as the agent may read it. When this returns, its run is tainted where it has to be.
   * @throws UpstreamError `upstream_malformed`; Fault `too_many_runs`: then nobody reads it
   */
  async admit(said: JsonValue): Promise<JsonObject> {
    const { message: clean, masked } = withoutSecrets(this.#round(rebuilt(said)))
    const answers = clean.method === undefined ? this.asked : null
    const message = answers === null ? clean : await listed(this.party, answers, clean)
    const signals = signalsIn(message)
    const { mcp, principal, upstream } = this.party
    const fresh =
      !masked.every((kind) => this.found.masked.includes(kind)) ||
      !signals.every((one) => this.found.signals.includes(one))
    this.found.masked = [...new Set([...this.found.masked, ...masked])].toSorted()
    this.found.signals = [...new Set([...this.found.signals, ...signals])].toSorted()
    if (fresh && !this.decided) {
      const found = { failure: null, signals, masked }
      await transaction((tx) => noteAside(tx, principal.agentId, upstream, found))
    }
    if (signals.length === 0 && (upstream.trusted || !hasWords(message, answers))) return message
    const run = await this.runOf()
    if (this.#tainted.has(run)) return message
    await taintRun(principal.agentId, run, `mcp:${upstream.name}`, mcp.gateway.now())
    mcp.machines.decider.forgetRun(run)
    this.#tainted.add(run)
    return message
  }

  /**
   * A result that asks back, of what the protocol has of it; the server's own state is taken out before anything is masked in it, and nobody here
   * reads it.
   */
  #round(message: JsonObject): JsonObject {
    const asked = isObject(message.result) ? readAskedBack(message.result) : null
    if (asked === null) return message
    if (!this.mayAskBack || this.askedBack !== null) throw upstreamError('upstream_malformed')
    this.askedBack = asked
    return {
      ...message,
      result: { resultType: 'input_required', ...(asked.requests !== null && { inputRequests: asked.requests }) },
    }
  }
}
