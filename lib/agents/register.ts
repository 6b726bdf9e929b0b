import { newId } from '@/lib/core/ids'
import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { append } from '@/lib/ledger/append'
import { dataInWords, dayIn, missingData, reviewDateProblem } from './agent'
import type { RegisterInput } from './contract'
import { insertAgent, teamExists, timeZone } from './store'

/**
 * Registers an agent under the person who answers for it (C02). It does nothing yet: it has no credential, no signed
 * boundary, and is not active. Run it in a transaction.
 * @throws Fault `invalid_request` for a review date out of range or an unknown team, `already_exists` for a taken name
 */
export async function register(
  db: Db,
  person: { id: string },
  input: RegisterInput,
  now: Date,
): Promise<{ id: string; slug: string }> {
  const problem = reviewDateProblem(input.reviewDate, dayIn(await timeZone(db), now.getTime()))
  if (problem !== null) throw fault('invalid_request', { field: 'reviewDate', detail: problem })
  if (!(await teamExists(db, input.teamId)))
    throw fault('invalid_request', { field: 'teamId', detail: 'There is no such team any more. Choose another.' })
  const id = newId(now.getTime())
  const data = acceptedData(person, input, now)
  if (!(await insertAgent(db, { ...input, id, ownerId: person.id, data })))
    throw fault('already_exists', {
      field: 'slug',
      detail: `There is, or was, an agent called ${input.slug}. A name never names two.`,
    })
  await append(db, {
    kind: 'agent.registered',
    actor: `person:${person.id}`,
    agent: id,
    owner: person.id,
    about: { team: input.teamId },
    payload: {
      slug: input.slug,
      purpose: input.purpose,
      environment: input.environment,
      review_date: input.reviewDate,
      data: dataInWords(data),
    },
  })
  return { id, slug: input.slug }
}

/** What the form says of the data's way; accepted by whoever registers when they ticked it and left nothing out. */
function acceptedData(person: { id: string }, input: RegisterInput, now: Date) {
  const said = {
    provider: input.dataProvider,
    region: input.dataRegion,
    retention: input.dataRetention,
    agreement: input.dataAgreement,
  }
  if (input.acceptData !== 'yes') return said
  const [open] = missingData({ ...said, acceptedBy: person.id })
  if (open !== undefined)
    throw fault('invalid_request', {
      field: `data${open.charAt(0).toUpperCase()}${open.slice(1)}`,
      detail: 'Say this too, or leave accepting for later: nobody can accept what is not said.',
    })
  return { ...said, acceptedBy: person.id, acceptedAt: now }
}
