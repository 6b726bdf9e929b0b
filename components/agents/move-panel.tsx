import type { AgentMove } from '@/lib/agents/agent'
import { paths } from '@/lib/core/paths'
import type { Said } from '../people/said'
import { Button, ButtonLink } from '../ui/button'
import { TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

/** How each move is sent, said and felt. */
export const MOVES: Record<
  AgentMove,
  { noun: string; button: string; title: (slug: string) => string; follows: string; reason: boolean }
> = {
  activate: {
    noun: 'activation',
    button: 'Activate',
    title: (slug) => `Activate ${slug}?`,
    follows: 'From then on what it asks is answered by its signed boundary.',
    reason: false,
  },
  suspend: {
    noun: 'suspension',
    button: 'Suspend',
    title: (slug) => `Suspend ${slug}?`,
    follows:
      'At once nothing it asks is allowed, its unused grants are dead, and its tokens serve only to hear of halts. It can be resumed.',
    reason: true,
  },
  resume: {
    noun: 'resumption',
    button: 'Resume',
    title: (slug) => `Resume ${slug}?`,
    follows: 'What it asks is answered by its signed boundary again. Grants from before stay dead.',
    reason: true,
  },
  retire: {
    noun: 'retirement',
    button: 'Retire for good',
    title: (slug) => `Retire ${slug} for good?`,
    follows:
      'Its credentials are revoked, nothing it asks is allowed, and its name never names another agent. This cannot be undone; the ledger keeps everything it did.',
    reason: true,
  },
}

export const moveAction = (slug: string, move: AgentMove): string => `/api/console/agents/${slug}/${MOVES[move].noun}`

/** One move, opened by its own address, with what follows above the button. */
export function MovePanel({ slug, move, said }: { slug: string; move: AgentMove; said: Said }) {
  const { title, follows, reason, button } = MOVES[move]
  return (
    <form className="act" method="post" action={moveAction(slug, move)} aria-labelledby="act-title">
      <h2 id="act-title">{title(slug)}</h2>
      <p>{follows}</p>
      <FormErrors errors={said.errors} />
      {reason && (
        <TextArea
          label="Why"
          aside="required, recorded"
          name="reason"
          rows={2}
          required
          maxLength={500}
          defaultValue={said.value('reason')}
          error={said.error('reason')}
        />
      )}
      <div className="acts">
        <Button type="submit" variant={move === 'retire' ? 'neg' : 'pri'}>
          {button} {slug}
        </Button>
        <ButtonLink variant="bare" href={paths.agent(slug)}>
          Cancel
        </ButtonLink>
      </div>
    </form>
  )
}
