import { statusAt } from '@/lib/approvals/approval'
import { askedWords } from '@/lib/approvals/asked'
import { takesPasskey } from '@/lib/approvals/assurance'
import { MOST_TOGETHER } from '@/lib/approvals/contract'
import { answererOf } from '@/lib/approvals/read'
import { escalationsOf, ruleAt } from '@/lib/approvals/escalation'
import { readSeatRule } from '@/lib/approvals/seat'
import { partsOfCommand } from '@/lib/boundary/commands/parts'
import { digestText } from '@/lib/core/digest-text'
import { fault } from '@/lib/core/fault'
import { parsePublicId, publicId } from '@/lib/core/ids'
import type { Db } from '@/lib/db/client'
import { haltCovers, type Halt } from '@/lib/halt/halt'
import { haltsInForce } from '@/lib/halt/in-force'
import type { Entry } from '@/lib/ledger/entry'
import { purposeNeeded } from '@/lib/ledger/purpose-needed'
import type { Actor } from '@/lib/people/actor'
import { can } from '@/lib/people/permission'
import { passkeyRegistered, passkeysPossible } from '@/lib/people/read-passkeys'
import { wordsAs } from '@/lib/people/delegation'
import { wordsFor } from '@/lib/people/words-for'
import { surfaceNamed } from '@/lib/tools/read'
import { classDefaults, type Surface } from '@/lib/tools/tool'
import { REASONS, type ReasonCode } from './decision'
import { exactOf } from './exact'
import {
  mayAnswerTogether,
  type AlikeRequest,
  type AlikeView,
  type EarlierRequest,
  type InboxShow,
  type InboxView,
  type RequestDetail,
  type RequestRow,
} from './request'
import { heldBy } from './read-rules'
import { scrutinyOf } from './read-scrutiny'
import { readTold, type Told } from './read-told'
import { wordsOfAll, type Words } from './read-words'
import type { Said } from './said'
import { sentence } from './sentence'
import { SHOWN_NOTHING, shownAs } from './shown'
import { stakesAt } from './stakes'
import {
  countWaiting,
  EARLIER_AMONG,
  findRequest,
  lastGiven,
  listAlike,
  listEarlier,
  listGiven,
  listWaiting,
  namesOf,
  type GivenRow,
  type InboxRow,
  type Viewer,
} from './store-inbox'
import { listQuestions } from './store-questions'
import { fallenWords, purposeFor, seatOf, withheldFrom } from './withheld'

const MOST_EARLIER = 20

/** How the inbox is looked at where nobody said anything else. */
export const INBOX_SHOW: InboxShow = { mine: false, order: 'deadline', most: 200 }

/**
 * What waits for a person, as one person sees it, requests that are alike as one row (C22, C39): what a halt has frozen of them, and what is
 * for others to answer, is a row of its own, so that no row says of the others what is true of its first alone.
 */
export async function readInbox(db: Db, actor: Actor, now: Date, show: InboxShow = INBOX_SHOW): Promise<InboxView> {
  const whose = seenBy(actor)
  const [rows, waiting] = await Promise.all([listWaiting(db, now, { ...whose, ...show }), countWaiting(db, now, whose)])
  const [halts, given, last] = await Promise.all([haltsInForce(db), givenOn(db, rows), lastGiven(db)])
  const words = await wordsOfAll(db, rows, await withheldFrom(db, actor, rows, given, now))
  const shown = rows.map((row) => toRow(row, words(row), given(row), halts, actor, now, row.count))
  return {
    rows: show.mine ? shown.filter(({ yours }) => yours.ok) : shown,
    kinds: rows[0]?.kinds ?? 0,
    waiting,
    lastVerdict: last && { by: last.name, answer: last.answer, at: last.at.toISOString() },
  }
}

/** The row of one request, for whoever may see it. @throws Fault `invalid_id`, `not_found` */
export async function visibleRequest(db: Db, actor: Actor, approvalId: string, now: Date): Promise<InboxRow> {
  const id = parsePublicId('approval', approvalId, 'approval')
  const row = await findRequest(db, id, actor.id)
  if (!row || !maySee(actor, row, now)) throw fault('not_found')
  return row
}

/**
 * The requests of one kind that wait, one by one.
 * @param key of `RequestRow.alike`
 * @throws Fault `not_found` where the key is none; a kind of which nothing waits any more has no rows
 */
export async function readAlike(db: Db, actor: Actor, key: string, now: Date): Promise<AlikeView> {
  if (!/^[0-9a-f]{32}$/.test(key)) throw fault('not_found')
  const rows = await listAlike(db, now, { ...seenBy(actor), most: MOST_TOGETHER }, key)
  const [halts, given] = await Promise.all([haltsInForce(db), givenOn(db, rows)])
  const words = await wordsOfAll(db, rows, await withheldFrom(db, actor, rows, given, now))
  const opened = rows.map((row) => ({ row, ...words(row) }))
  return {
    key,
    count: rows[0]?.count ?? 0,
    rows: opened.map(({ row, ...words }): AlikeRequest => ({
      ...toRow(row, words, given(row), halts, actor, now, 1),
      digest: digestText(Buffer.from(row.digest)),
      resource: words.said.resource,
      requester: words.said.requester?.id ?? null,
      arguments: words.sensitive ? SENSITIVE : isLarge(words) ? TOO_LARGE : words.said.arguments,
    })),
    together: mayAnswerTogether(
      opened.map(({ row, ...words }) => ({
        stakes: stakesAt(row.stakes),
        toolClass: classOf(words.entry),
        seats: row.seats,
        large: isLarge(words),
      })),
    ),
  }
}

/** In a list of two hundred, longer arguments than this are not compared: their own pages have them. */
const MOST_LISTED = 8_000
const SENSITIVE = { arguments: 'marked sensitive: open it to say why you read it' }
const TOO_LARGE = { arguments: 'too large to be listed: open it to read it' }
const isLarge = ({ said }: Words): boolean => said.argumentsRaw.length > MOST_LISTED

function seenBy(actor: Actor): Viewer {
  const who = answererOf(actor)
  const own = wordsFor(who)
  // whoever approves nothing stands in for nobody
  const absent =
    own.length === 0 ? [] : (actor.standsInFor ?? []).map((away) => ({ id: away.id, words: wordsAs(away) }))
  const words = [...own, ...absent.flatMap((away) => away.words)]
  const answers = who.active ? { own, absent } : { own: [], absent: [] }
  return { everything: can(actor, 'approval.read', {}).ok, personId: actor.id, words, ...answers }
}

/**
 * One request with everything needed to decide it, for whoever may see it.
 * @throws Fault `invalid_id`, `not_found`
 */
export async function readRequest(db: Db, actor: Actor, approvalId: string, now: Date): Promise<RequestDetail> {
  const row = await visibleRequest(db, actor, approvalId, now)
  const [halts, given, questions] = await Promise.all([
    haltsInForce(db),
    givenOn(db, [row]),
    listQuestions(db, row.approval_id),
  ])
  const words = (await wordsOfAll(db, [row], await withheldFrom(db, actor, [row], given, now)))(row)
  const { entry, said, payload, erased, broken, edited, sensitive } = words
  const tool = said.tool ?? entry?.tool ?? ''
  const reasons = said.reasons.length > 0 ? said.reasons : [recordedReason(row, entry)]
  const [earlier, barred, scrutiny, rules, surface] = await Promise.all([
    listEarlier(db, row, tool, MOST_EARLIER),
    barredFrom(db, row),
    scrutinyOf(db, tool, entry, said),
    heldBy(db, row, reasons),
    surfaceNamed(db, tool),
  ])
  const boundary = row.boundary_digest === null ? null : digestText(Buffer.from(row.boundary_digest))
  const exact = exactOf(payload, { agentId: row.agent_id, runId: row.run_id, boundary }, row.digest)
  const small = exact === null || exact.text !== null
  const verdicts = given(row)
  const told = row.shape && (await toldOf(db, actor, row, verdicts))
  const hidden = await purposeNeeded(
    db,
    actor,
    earlier.map(({ action_id: id }) => id),
  )
  return {
    ...toRow(row, words, verdicts, halts, actor, now, 1),
    ...(told && { told: sensitive ? { ...told, changed: null } : told }),
    resource: said.resource,
    digest: digestText(Buffer.from(row.digest)),
    seats: row.seats,
    verdicts: verdicts.map((one) => ({
      person: { id: one.person_id, name: one.name },
      answer: one.answer,
      reason: sensitive ? '' : one.reason,
      seat: one.seat,
      absent: one.for_id === null ? null : { id: one.for_id, name: one.for_name ?? '' },
      passkey: one.signed_with !== null,
      fallen: fallenWords(row, one, now),
      at: one.at.toISOString(),
    })),
    asked: askedOf(row, now),
    escalations: escalationsOf(readSeatRule(row.rule), { openedAt: row.opened_at, expiresAt: row.expires_at }).map(
      ({ at, to, seated }) => ({ at: at.toISOString(), to: askedWords(to), seated }),
    ),
    barred,
    you: {
      approve: seatOf(row, verdicts, actor, 'approve', now),
      reject: seatOf(row, verdicts, actor, 'reject', now),
    },
    takes: await takenBy(db, row, actor),
    closedAt: row.closed_at?.toISOString() ?? null,
    superseded:
      row.status === 'superseded'
        ? { changed: row.changed, by: row.superseded_by && publicId('action', row.superseded_by) }
        : null,
    owner: { id: row.owner_id, name: row.owner },
    environment: row.environment,
    run:
      row.run_id === null || row.run_opened_at === null
        ? null
        : { id: publicId('run', row.run_id), openedAt: row.run_opened_at.toISOString(), tainted: row.run_tainted },
    requester: said.requester,
    attributes: said.attributes,
    toolClass: classOf(entry),
    arguments: small ? said.arguments : {},
    argumentsRaw: small ? said.argumentsRaw : '',
    shown: payload === null ? SHOWN_NOTHING : shownAs(tool, said.arguments, surface),
    exact,
    heldBy: rules,
    parts: partsOf(said, surface),
    scrutiny,
    reasons,
    edited,
    questions: (sensitive || erased ? [] : questions).map((one) => ({
      id: publicId('question', one.id),
      by: one.by,
      text: one.text,
      at: one.asked_at.toISOString(),
      answer: one.answer,
      answeredAt: one.answered_at?.toISOString() ?? null,
    })),
    boundary:
      row.boundary_version === null || row.boundary_digest === null
        ? null
        : {
            version: row.boundary_version,
            digest: digestText(Buffer.from(row.boundary_digest)),
            signer: row.signer,
            signedAt: row.signed_at?.toISOString() ?? null,
          },
    reasoning: said.reasoning,
    evidence: said.evidence,
    untrustedSources: said.untrustedSources,
    earlier: earlier.map((one): EarlierRequest => ({
      action: publicId('action', one.action_id),
      at: one.opened_at.toISOString(),
      resource:
        one.resource_id === null || hidden.has(one.action_id)
          ? null
          : { type: one.resource_type ?? '', id: one.resource_id },
      verdict: statusAt({ status: one.approval_status, expiresAt: one.expires_at }, now),
      by: one.by,
      status: one.status,
    })),
    earlierAmong: EARLIER_AMONG,
    erased,
    broken,
    sensitive: sensitive ? { action: purposeFor(actor, row) } : null,
  }
}

function toRow(
  row: InboxRow,
  { entry, said, sensitive }: Words,
  given: readonly GivenRow[],
  halts: readonly Halt[],
  actor: Actor,
  now: Date,
  count: number,
): RequestRow {
  const tool =
    said.tool ?? entry?.tool ?? (sensitive ? 'a tool whose name is sensitive' : 'a tool whose name was erased')
  const subject = { agentId: row.agent_id, teamId: row.team_id, environment: row.environment, runId: row.run_id, tool }
  const halt = halts.find((one) => haltCovers(one, subject))
  const status = statusAt({ status: row.status, expiresAt: row.expires_at }, now)
  return {
    id: publicId('approval', row.approval_id),
    action: publicId('action', row.action_id),
    agent: row.slug,
    tool,
    // the sentence begins with the agent's name, which every screen says by itself
    sentence: sentence({ agent: row.slug, tool, arguments: asObject(said.arguments), resource: said.resource }).slice(
      1,
    ),
    reason: row.reason_code,
    untrusted:
      row.run_tainted || said.untrustedSources.length > 0 || said.evidence.some(({ untrusted }) => untrusted === true),
    stakes: stakesAt(row.stakes),
    alike: { key: row.alike, count },
    status,
    frozen: halt && status === 'pending' ? { id: publicId('halt', halt.id), scope: halt.scope } : null,
    openedAt: row.opened_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    yours: seatOf(row, given, actor, 'approve', now),
  }
}

/** The command of a shell taken apart, for whoever decides on it; parsed here, so that no browser has to. */
function partsOf({ arguments: args }: Said, surface: Surface | null): RequestDetail['parts'] {
  const { command } = asObject(args)
  return surface === 'commands' && typeof command === 'string' ? partsOfCommand(command) : null
}

function maySee(actor: Actor, row: InboxRow, now: Date): boolean {
  // whom the boundary asks sees what they are asked, whatever their role
  const asked = seatOf(row, [], actor, 'approve', now)
  const theirs = asked.ok || asked.reason === 'seat_before'
  if (row.shape) return asked.ok || can(actor, 'attention.read_people').ok
  return theirs || can(actor, 'approval.read', { ownerId: row.owner_id }).ok
}

/** What is said of a test that was answered, to whoever answered it, cisos and auditors; to others it is gone. @throws Fault `not_found` */
async function toldOf(db: Db, actor: Actor, row: InboxRow, [verdict]: readonly GivenRow[]): Promise<Told | undefined> {
  if (verdict === undefined) return undefined
  if (verdict.person_id !== actor.id && !can(actor, 'attention.read_people').ok) throw fault('not_found')
  return readTold(db, row.action_id, verdict.answer !== 'approve')
}

/** What an answer takes, by the rule it was asked with, and whether this person can give it. */
async function takenBy(db: Db, row: InboxRow, actor: Actor): Promise<RequestDetail['takes']> {
  const { passkey, reason } = readSeatRule(row.rule)
  const why = reason ? { reason } : {}
  if (passkey === undefined) return { ...why, has: false, possible: false }
  const [{ has, registered }, possible] = [await passkeyRegistered(db, actor.id), passkeysPossible()]
  if (!takesPasskey({ passkey }, 'approve', registered)) return { ...why, has, possible }
  return { ...why, passkey: passkey === 'both' ? 'both' : 'approve', has, possible }
}

/** Whom each seat asks, in words, in the order of the seats. */
function askedOf(row: InboxRow, now: Date): string[] {
  const { asked, roles } = ruleAt(readSeatRule(row.rule), row.opened_at, now)
  return Array.from({ length: row.seats }, (_, seat) => askedWords(asked === undefined ? roles : (asked[seat] ?? [])))
}

/** Those the rule keeps out by name: shown beside the open seats, with the reason. */
async function barredFrom(db: Db, row: InboxRow): Promise<{ name: string; why: string }[]> {
  const { requesterId, ownerId } = readSeatRule(row.rule)
  const requester = row.requester_id ?? requesterId
  const owners = [...new Set([ownerId, row.owner_id])]
  const names = await namesOf(
    db,
    [requester, ...owners].filter((id) => id !== null),
  )
  const name = (id: string | null) => (id === null ? undefined : names.get(id))
  const answers = row.seats === 1 ? 'answers for the agent' : 'answers for the agent: never alone'
  return [
    { name: name(requester), why: 'asked for it' },
    ...owners.map((owner) => ({ name: name(owner), why: answers })),
  ].flatMap((one) => (one.name === undefined ? [] : [{ name: one.name, why: one.why }]))
}

async function givenOn(db: Db, rows: readonly InboxRow[]): Promise<(row: InboxRow) => GivenRow[]> {
  const all =
    rows.length === 0
      ? []
      : await listGiven(
          db,
          rows.map(({ approval_id: id }) => id),
        )
  return (row) => all.filter(({ approval_id: id }) => id === row.approval_id)
}

function classOf(entry: Entry | null): RequestDetail['toolClass'] {
  if (!entry?.class) return null
  const { access, reversible, audience, production, spends } = entry.class
  return classDefaults({
    access,
    reversible: reversible ?? undefined,
    audience: audience ?? undefined,
    production: production ?? undefined,
    spends: spends ?? undefined,
  })
}

function recordedReason(row: InboxRow, entry: Entry | null) {
  const known = Object.hasOwn(REASONS, row.reason_code)
  const text = known ? REASONS[row.reason_code as ReasonCode].text : row.reason_code
  return { code: row.reason_code, text, rule: entry?.rule ?? null }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
