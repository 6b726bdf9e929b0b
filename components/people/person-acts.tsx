import { ButtonLink } from '@/components/ui/button'
import { Field, Select } from '@/components/ui/field'
import type { Actor } from '@/lib/people/actor'
import type { Flash } from '@/lib/people/session-flash'
import { can, type Act } from '@/lib/people/permission'
import type { PersonRow } from '@/lib/people/read'
import { ActForm } from './act-form'
import { RolesField } from './roles-field'
import { saidTo, type Said } from './said'

type Name = 'edit' | 'roles' | 'password-link' | 'sessions' | 'deactivate' | 'reactivate'

/** What an administrator can do about somebody, which act of the permission table each is, and when it makes sense. */
const ACTS: readonly {
  name: Name
  act: Act
  words: string
  when: 'active' | 'deactivated' | 'always'
  variant?: 'neg'
}[] = [
  { name: 'edit', act: 'person.change_roles', words: 'Edit name and team', when: 'always' },
  { name: 'roles', act: 'person.change_roles', words: 'Change roles…', when: 'active' },
  { name: 'password-link', act: 'person.reset', words: 'Link for a new password…', when: 'active' },
  { name: 'sessions', act: 'session.revoke', words: 'End every session…', when: 'active' },
  { name: 'deactivate', act: 'person.deactivate', words: 'Deactivate…', when: 'active', variant: 'neg' },
  { name: 'reactivate', act: 'person.reactivate', words: 'Reactivate…', when: 'deactivated' },
]

type Props = { person: PersonRow; actor: Actor; self: string }

function offered({ person, actor }: Pick<Props, 'person' | 'actor'>) {
  const state = person.deactivatedAt === null ? 'active' : 'deactivated'
  return ACTS.filter(({ when }) => when === 'always' || when === state).map((each) => ({
    ...each,
    // Name and team are no change of roles, so the rule about one's own roles does not speak of them.
    permission: can(actor, each.act, each.name === 'edit' ? {} : { personId: person.id }),
  }))
}

/** The acts as links to their own address: each opens a form that says what follows. */
export function PersonActs(props: Props) {
  const acts = offered(props)
  if (acts.every(({ permission }) => !permission.ok))
    return <p className="t3 s12">An administrator edits, deactivates and resets.</p>
  return (
    <div className="act-links">
      {acts.map(({ name, words, permission, variant }) =>
        permission.ok ? (
          <ButtonLink key={name} size="sm" variant={variant} href={`${props.self}?act=${name}#act`}>
            {words}
          </ButtonLink>
        ) : (
          <p key={name} className="t3 s12">
            {words.replace('…', '')}: {permission.reason}
          </p>
        ),
      )}
    </div>
  )
}

/** The form of the act that the address names, or of the one that was just refused. */
export function PersonActForm({
  name,
  flash,
  teams,
  ...props
}: Props & { name: unknown; flash: Flash | undefined; teams: readonly { id: string; name: string }[] }) {
  const { person, self } = props
  const found = offered(props).find((each) => each.name === name)
  if (found === undefined || !found.permission.ok) return null
  const base = `/api/console/people/${person.id}`
  const common = (action: string, submit: string) => ({
    id: 'act-title',
    action,
    submit,
    cancel: self,
    said: saidTo(flash, action),
  })
  const isCiso = person.roles.includes('ciso')
  const waits = 'It waits for another ciso’s co-signature; until then nothing changes.'
  switch (found.name) {
    case 'edit': {
      const form = common(base, 'Save')
      return (
        <ActForm {...form} title={`Edit ${person.name}`}>
          <Field
            label="Name"
            name="name"
            required
            maxLength={120}
            defaultValue={form.said.value('name') ?? person.name}
            error={form.said.error('name')}
          />
          <Select
            label="Team"
            name="teamId"
            empty="No team"
            choices={teams.map((team) => [team.id, team.name] as const)}
            defaultValue={form.said.value('teamId') ?? person.team?.id ?? ''}
            error={form.said.error('teamId')}
          />
        </ActForm>
      )
    }
    case 'roles': {
      const form = common(`${base}/roles`, 'Change the roles')
      return (
        <ActForm
          {...form}
          title={`What may ${person.name} do?`}
          consequence="From their next click on. Giving or taking the role of ciso waits for another ciso, the first one excepted."
        >
          <RolesField chosen={form.said.values('roles') ?? person.roles} error={form.said.error('roles')} />
          <Reason said={form.said} />
        </ActForm>
      )
    }
    case 'password-link': {
      const form = common(`${base}/password-link`, 'Make the link')
      return (
        <ActForm
          {...form}
          title={`A link for ${person.name}’s new password?`}
          consequence={
            isCiso
              ? `${waits} That ciso gets the link, not you.`
              : 'You get a link to hand over yourself. It works once, for 24 hours, and ends their sessions when they use it. Make sure it is really them who asks.'
          }
        >
          <Reason said={form.said} />
        </ActForm>
      )
    }
    case 'sessions': {
      const form = common(`${base}/sessions/revocation`, 'End every session')
      return (
        <ActForm
          {...form}
          title={`End every session of ${person.name}?`}
          consequence="They are out at once, everywhere, and may sign in again."
        />
      )
    }
    case 'deactivate': {
      const form = common(`${base}/deactivation`, `Deactivate ${person.name}`)
      return (
        <ActForm
          {...form}
          variant="neg"
          title={`Deactivate ${person.name}?`}
          consequence={isCiso ? waits : <Deactivation person={person} />}
        >
          <Reason said={form.said} />
        </ActForm>
      )
    }
    case 'reactivate': {
      const form = common(`${base}/reactivation`, `Reactivate ${person.name}`)
      return (
        <ActForm
          {...form}
          title={`Reactivate ${person.name}?`}
          consequence={`They may sign in again with the password they know${isCiso ? ', without the role of ciso: that waits for a ciso’s co-signature' : ''}.`}
        >
          <Reason said={form.said} />
        </ActForm>
      )
    }
  }
}

function Deactivation({ person }: { person: PersonRow }) {
  const owned = `${person.agents} ${person.agents === 1 ? 'agent' : 'agents'}`
  return (
    <>
      Their sessions and API tokens end at once.
      {person.agents > 0 &&
        ` They own ${owned}: from the same moment on ${person.agents === 1 ? 'it' : 'they'} may only read, until somebody takes over.`}
      {person.onCall && ' They are on call: put somebody else on call first.'}
    </>
  )
}

function Reason({ said }: { said: Said }) {
  return (
    <Field
      label="Why"
      aside="required, recorded"
      name="reason"
      required
      maxLength={500}
      defaultValue={said.value('reason')}
      error={said.error('reason')}
    />
  )
}

/** Which act's form to open when one was refused: its address says. */
export function refusedAct(flash: Flash | undefined): Name | undefined {
  if (flash?.errors === undefined) return undefined
  const end = /^\/api\/console\/people\/[^/]+\/(roles|password-link|sessions|deactivation|reactivation)/.exec(
    flash.form,
  )?.[1]
  if (end === 'deactivation') return 'deactivate'
  if (end === 'reactivation') return 'reactivate'
  return (end as Name | undefined) ?? (/^\/api\/console\/people\/[^/]+$/.test(flash.form) ? 'edit' : undefined)
}
