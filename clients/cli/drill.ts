import { setTimeout as sleep } from 'node:timers/promises'
import { parseDrilled } from '@/lib/halt/drill-contract'
import { type Drill, drillLine, reportText } from './drill/print'
import { command, type Io, type Outcome } from './shared/command'
import { EXITS } from './shared/exits'
import { LOGGED_IN_AT } from './shared/options'
import { NOT_REACHED, type PersonSession, personSession } from './shared/session'
import { Trouble, usage } from './shared/trouble'
import { runVerb, type Verb } from './shared/verb'

type Calendar = { dueAt: string | null; standing: string | null }

const OF = {
  name: 'OF',
  says: 'organisation, environment:NAME, team:NAME or agent:NAME',
  offers: ['organisation', 'environment:', 'team:', 'agent:'],
} as const
const ID = { name: 'ID', says: 'drl_…, as drill list has it' } as const
const LOOK_MS = 500
/** A drill is measured by a job of the server, soon after its window: beyond this it is not. */
const GRACE_MS = 60_000

const ANSWERS = {
  ...NOT_REACHED,
  done: 'every agent confirmed within the target',
  no: 'some agent was late or did not answer, or it was refused',
  waiting: 'it is not measured yet',
}

export const verb: Verb = {
  name: 'drill',
  summary: 'rehearses the kill switch: begins a drill, follows it, prints what it measured',
  commands: [
    command({
      words: 'start',
      summary: 'begins a rehearsal and follows it to its report; or plans a live drill',
      places: [OF],
      options: {
        server: LOGGED_IN_AT,
        seconds: {
          type: 'string',
          value: 'N',
          default: '60',
          says: 'how long it waits for agents at most, 5 to 900 (60)',
        },
        live: {
          type: 'boolean',
          default: false,
          says: 'plans one that really halts; a second person signs it in the console',
        },
        note: { type: 'string', value: 'TEXT', default: '', says: 'why; a live one says it' },
        'no-wait': { type: 'boolean', default: false, says: 'begins it, and does not follow' },
      },
      about: `Agents are told that it is a drill; they confirm as if it were real and stop nothing.\n\nJSON: an event at each change, {"event": "drill", "id", "state"}; then
{"drill": {"id", "kind", "scope", "name", "state", "report", …}}, the report as the entry in the ledger has it.`,
      examples: [
        'npx countersign drill start organisation',
        'npx countersign drill start agent:canary --seconds 15 --json',
      ],
      exits: ANSWERS,
      run: async ({ values, positionals: [of = ''] }, io) => {
        const { live, note } = values
        if (parseDrilled(of) === null) throw usage(`${JSON.stringify(of)} is nothing to drill: ${OF.says}.`)
        const seconds = Number(values.seconds)
        if (!Number.isInteger(seconds) || seconds < 5 || seconds > 900) throw usage('--seconds is from 5 to 900.')
        if (live && note === '') throw usage('Say why with --note: the second person signs it.')
        const session = personSession(values.server, io.env)
        const kind = live ? 'live' : 'rehearsal'
        const { id, state } = await session.ask<{ id: string; state: string }>('POST', '/api/console/drills', {
          ...{ kind, of, note, seconds },
        })
        const page = `${session.server}/halt/drills/${id}`
        io.event({ event: 'drill', id, state })
        io.note(
          live
            ? `${id} is planned. It begins when a second person signs it: ${page}\n`
            : `${id} has begun; agents confirm, nothing stops: ${page}\n`,
        )
        if (live || values['no-wait']) return { exit: EXITS.waiting, result: { drill: { id, kind, state } } }
        return follow(session, id, io)
      },
    }),
    command({
      words: 'show',
      summary: 'prints what a drill measured, or how it stands',
      places: [ID],
      options: {
        server: LOGGED_IN_AT,
        follow: { type: 'boolean', default: false, says: 'waits until it has been measured' },
      },
      examples: ['npx countersign drill show drl_0199… --follow'],
      exits: ANSWERS,
      run: async ({ values, positionals: [id = ''] }, io) => {
        const session = personSession(values.server, io.env)
        return values.follow ? follow(session, id, io) : measured(await drillOf(session, id))
      },
    }),
    command({
      words: 'list',
      summary: 'lists the newest drills, and says when the next is due',
      options: { server: LOGGED_IN_AT },
      about: 'JSON: {"drills": [{"id", "kind", "scope", "name", "state", "report", …}], "due_at", "standing"}.',
      examples: ['npx countersign drill list'],
      exits: { ...NOT_REACHED, no: 'a drill is overdue, or it was refused' },
      run: async ({ values }, { env }) => {
        const { drills, calendar } = await all(personSession(values.server, env))
        const due = calendar.dueAt === null ? 'Nobody is there to drill.' : `The next is due ${calendar.dueAt}.`
        return {
          exit: calendar.standing === 'overdue' ? EXITS.no : EXITS.done,
          result: { drills, due_at: calendar.dueAt, standing: calendar.standing },
          text: `${drills.map(drillLine).join('')}${due}${calendar.standing === 'overdue' ? ' It is overdue.' : ''}\n`,
        }
      },
    }),
  ],
}
/** `npx countersign drill …` */
export const run = runVerb(verb)

const all = (session: PersonSession) =>
  session.ask<{ drills: Drill[]; calendar: Calendar }>('GET', '/api/console/drills')

async function drillOf(session: PersonSession, id: string): Promise<Drill> {
  const found = (await all(session)).drills.find((drill) => drill.id === id)
  if (found === undefined) throw new Trouble(`There is no drill ${id} among the newest.`, EXITS.no, 'not_found')
  return found
}

/** Looks twice a second until it has ended. A server that does not answer in between may again. */
async function follow(session: PersonSession, id: string, { event, stopping }: Io): Promise<Outcome> {
  let state = ''
  for (let ends = Infinity; !stopping.aborted;) {
    const drill = await drillOf(session, id).catch((error: unknown) => {
      if (error instanceof Trouble && error.exit === EXITS.unreachable && Date.now() < ends && ends !== Infinity)
        return null
      throw error
    })
    if (drill !== null) {
      if (drill.state !== state) event({ event: 'drill', id, state: drill.state })
      ;({ state } = drill)
      if (state !== 'running' && state !== 'planned') return measured(drill)
      if (drill.begunAt !== null) ends = Date.parse(drill.begunAt) + drill.windowMs + GRACE_MS
    }
    if (Date.now() > ends)
      throw new Trouble(
        `${id} is over, and the server has not measured it: look at its page.`,
        EXITS.waiting,
        'not_measured',
      )
    await sleep(LOOK_MS, undefined, { signal: stopping }).catch(() => undefined)
  }
  throw new Trouble(`${id} goes on; nobody follows it here any more.`, EXITS.waiting, 'stopped')
}

function measured(drill: Drill): Outcome {
  const { report, state } = drill
  if (report === null) {
    const open = state === 'running' || state === 'planned'
    return { exit: open ? EXITS.waiting : EXITS.no, result: { drill }, text: drillLine(drill) }
  }
  return { exit: report.figures.met ? EXITS.done : EXITS.no, result: { drill }, text: reportText(report) }
}
