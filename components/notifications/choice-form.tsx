import type { Choice } from '@/lib/notify/choice'
import { KINDS, PACES } from '@/lib/notify/notification'
import type { Said } from '../people/said'
import { Button } from '../ui/button'
import { Field, Option, Select } from '../ui/field'
import { FormErrors } from '../ui/form-errors'
import { clockWords, KIND_WORDS, PACE_WORDS } from './notification-words'

export const CHOICE = '/api/console/notifications'
const SEVERITIES = [
  ['notice', 'every one'],
  ['warning', 'warnings and critical ones'],
  ['critical', 'critical ones alone'],
] as const

/** What one wants to hear, as one form that needs no script. `zones` are the choices of time zones. */
export function ChoiceForm({
  choice,
  mail,
  zones,
  said,
}: {
  choice: Choice & { houseZone: string }
  /** whether mail leaves at all */
  mail: boolean
  zones: readonly (readonly [string, string])[]
  said: Said
}) {
  return (
    <form method="post" action={CHOICE} aria-label="What you hear of">
      <FormErrors errors={said.errors} />
      <div className="ntf">
        {KINDS.map((kind) => (
          <div className="ntf-row" key={kind} role="group" aria-label={KIND_WORDS[kind].name}>
            <div>
              <p>
                <b>{KIND_WORDS[kind].name}</b>
              </p>
              <p className="t3 s12">{KIND_WORDS[kind].says}</p>
            </div>
            <Select
              label={<span className="vh">{KIND_WORDS[kind].name} by mail</span>}
              name={`mail_${kind}`}
              defaultValue={said.value(`mail_${kind}`) ?? choice.wants.mail[kind]}
              choices={PACES.map((pace) => [pace, mail || pace === 'off' ? PACE_WORDS[pace] : `${PACE_WORDS[pace]} *`])}
              error={said.error(`mail_${kind}`)}
            />
            <Option
              type="checkbox"
              name={`browser_${kind}`}
              defaultChecked={
                said.values(`browser_${kind}`) === undefined
                  ? choice.wants.browser[kind] === 'now'
                  : said.values(`browser_${kind}`)?.length === 1
              }
            >
              on screens
            </Option>
          </div>
        ))}
      </div>
      {!mail && <p className="t3 s12">* No mail leaves yet: an administrator says by which server.</p>}
      <div className="narrow-form">
        <Select
          label="Alerts you hear of"
          name="severity"
          defaultValue={said.value('severity') ?? choice.severity}
          choices={SEVERITIES}
          error={said.error('severity')}
        />
        <Field
          label="Quiet from"
          aside="leave both empty for none"
          name="quiet_from"
          type="time"
          defaultValue={said.value('quiet_from') ?? clockWords(choice.quiet?.from)}
          error={said.error('quiet_from')}
        />
        <Field
          label="Quiet until"
          name="quiet_until"
          type="time"
          defaultValue={said.value('quiet_until') ?? clockWords(choice.quiet?.until)}
          hint="What comes meanwhile waits, and is dropped where it is over by then."
          error={said.error('quiet_until')}
        />
        <Select
          label="Your time zone"
          name="time_zone"
          defaultValue={said.value('time_zone') ?? (choice.timeZone === choice.houseZone ? '' : choice.timeZone)}
          empty={`as the organisation: ${choice.houseZone}`}
          choices={zones}
          error={said.error('time_zone')}
        />
        <div className="fld opts">
          <Option
            type="checkbox"
            name="urgent"
            defaultChecked={said.values('severity') === undefined ? choice.urgent : said.values('urgent')?.length === 1}
            hint="Halts, critical alerts, and requests where the most is at stake."
          >
            Wake me for what is urgent
          </Option>
        </div>
        <Button type="submit" variant="pri">
          Save what I hear of
        </Button>
      </div>
    </form>
  )
}
