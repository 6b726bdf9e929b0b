import type { ApprovalView } from '@/lib/approvals/read'
import type { Elevation } from '@/lib/boundary/boundary'
import { durationWords } from '@/lib/boundary/duration'
import { paths } from '@/lib/core/paths'
import type { Said } from '../people/said'
import { Button, ButtonLink } from '../ui/button'
import { Option, Options, Select, TextArea } from '../ui/field'
import { FormErrors } from '../ui/form-errors'

const MINUTES = [15, 30, 60, 120, 240, 480, 1_440, 2_880, 10_080] as const

/** Asks for part of the ceiling, with a length and a reason. */
export function AskElevation({ slug, ceiling, said }: { slug: string; ceiling: Elevation; said: Said }) {
  const longest = Math.floor(ceiling.longest / 60_000)
  const lengths = [...new Set([...MINUTES.filter((minutes) => minutes < longest), longest])]
  const scopes = Object.entries(ceiling.mcp_scopes).flatMap(([server, access]) =>
    access.map((one) => [server, one] as const),
  )
  const chosen = (field: 'scopes' | 'tools', value: string) => said.values(field)?.includes(value) ?? false
  return (
    <form
      method="post"
      action={`/api/console/agents/${slug}/elevations`}
      aria-label="Ask for more for a while"
      className="narrow-form"
    >
      <FormErrors errors={said.errors} />
      <Options legend="What it needs, under the ceiling a ciso signed" name="scopes" error={said.error('scopes')}>
        {scopes.map(([server, access]) => (
          <Option
            key={`${server}:${access}`}
            type="checkbox"
            name="scopes"
            value={`${server}:${access}`}
            defaultChecked={chosen('scopes', `${server}:${access}`)}
          >
            {access} at {server}
          </Option>
        ))}
        {[...new Set(ceiling.tools.map(({ tool }) => tool))].map((tool) => (
          <Option key={tool} type="checkbox" name="tools" value={tool} defaultChecked={chosen('tools', tool)}>
            {tool}
          </Option>
        ))}
      </Options>
      <Select
        label="For how long"
        name="minutes"
        defaultValue={said.value('minutes') ?? String(lengths[0])}
        choices={lengths.map((minutes) => [String(minutes), durationWords(minutes * 60_000)] as const)}
        error={said.error('minutes')}
      />
      <TextArea
        label="What it is needed for"
        aside="required, recorded"
        name="reason"
        rows={2}
        required
        maxLength={2000}
        defaultValue={said.value('reason') ?? ''}
        error={said.error('reason')}
      />
      <div className="acts">
        <Button type="submit" variant="pri">
          Ask for it
        </Button>
        <ButtonLink variant="bare" href={paths.agent(slug)}>
          Cancel
        </ButtonLink>
      </div>
    </form>
  )
}

/** Grants or refuses; never just greyed out. */
export function AnswerElevation({
  action,
  approval,
  said,
  what,
}: {
  action: string
  approval: ApprovalView
  said: Said
  what: string
}) {
  const { approve } = approval.mine
  if (!approve.ok) return <p className="hint">You may not grant it: {approve.text}</p>
  return (
    <form method="post" action={action} aria-label={`Answer for ${what}`} className="narrow-form">
      <FormErrors errors={said.errors} />
      <input type="hidden" name="digest" value={approval.digest} />
      <TextArea
        label="Why"
        aside="recorded"
        name="reason"
        rows={2}
        maxLength={2000}
        defaultValue={said.value('reason') ?? ''}
        error={said.error('reason')}
      />
      <div className="acts">
        <Button type="submit" name="answer" value="approve" variant="pri">
          Grant {what}
        </Button>
        <Button type="submit" name="answer" value="reject" variant="neg">
          Refuse it
        </Button>
      </div>
    </form>
  )
}

/** Ends one before its time, at once. */
export function EndElevation({ action, said, what }: { action: string; said: Said; what: string }) {
  return (
    <form method="post" action={action} aria-label={`End ${what}`} className="narrow-form">
      <FormErrors errors={said.errors} />
      <TextArea
        label="Why it ends now"
        aside="required, recorded"
        name="reason"
        rows={1}
        required
        maxLength={2000}
        defaultValue={said.value('reason') ?? ''}
        error={said.error('reason')}
      />
      <div className="acts">
        <Button type="submit" variant="neg">
          End {what} now
        </Button>
      </div>
    </form>
  )
}
