import { parsePublicId } from '@/lib/core/ids'
import { onHeard } from '@/lib/db/bus'
import type { ActionOutput } from '@/lib/decisions/contract'
import { readOwn } from '@/lib/decisions/read-own'
import { Waiters } from '@/lib/decisions/wait'
import type { Machines } from '@/lib/gateway/agent-request'

const SLICE_SECONDS = 10

/** Hooks that wait for a person. A halt ends the wait at once; a client that has gone ends it, and the action stays held. */
export class HookWait {
  readonly #waiters: Waiters
  readonly #woken = new Set<() => void>()
  readonly #stop: () => void

  /** @param slice however little is heard, what waits is looked at again after so many seconds */
  constructor(
    private readonly machines: Pick<Machines, 'connections' | 'publicUrl' | 'now'>,
    private readonly slice = SLICE_SECONDS,
  ) {
    this.#waiters = new Waiters(machines.now)
    this.#stop = onHeard('gate', () => {
      for (const wake of [...this.#woken]) wake()
    })
  }

  /** The action where it stands when it is no longer held, a halt lies over it, the time is over or the client has gone. */
  async settled(held: ActionOutput, agentId: string, seconds: number, gone: AbortSignal): Promise<ActionOutput> {
    const actionId = parsePublicId('action', held.id)
    const until = this.machines.now() + seconds * 1_000
    for (;;) {
      // registered before reading: a halt in between is heard
      const moved = new AbortController()
      const wake = () => {
        moved.abort()
      }
      this.#woken.add(wake)
      try {
        const answer = await this.#read(agentId, actionId)
        const left = (until - this.machines.now()) / 1_000
        if (answer.status !== 'held' || answer.frozen || left <= 0 || gone.aborted) return answer
        await this.#waiters.settled(
          actionId,
          Math.min(left, this.slice),
          AbortSignal.any([gone, moved.signal]),
          () => this.#read(agentId, actionId),
          answer.question?.id ?? 'none',
        )
      } finally {
        this.#woken.delete(wake)
      }
    }
  }

  /** How many wait now. */
  get size(): number {
    return this.#waiters.size
  }

  close(): void {
    this.#stop()
    for (const wake of [...this.#woken]) wake()
    this.#waiters.close()
  }

  async #read(agentId: string, actionId: string): Promise<ActionOutput> {
    const { connections, publicUrl, now } = this.machines
    const found = await readOwn(connections, publicUrl(), agentId, actionId, new Date(now()))
    if (found === null) throw new Error('a held action is there')
    return found
  }
}
