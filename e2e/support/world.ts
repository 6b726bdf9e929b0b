import { readFileSync } from 'node:fs'
import type { FoundPerson, FoundingCast } from '../../prisma/scenarios/found'

/** What the global setup made, for every journey. */
export type World = { url: string; dataFolder: string; serverErrors: string; people: Record<string, FoundPerson> }

export const WORLD_FILE = 'COUNTERSIGN_E2E_WORLD'

/** One person per role, a second analyst and a second owner: enough for every separation of duties. */
export const cast: FoundingCast = {
  organisation: { name: 'Quillhaven Mutual', timeZone: 'Europe/Amsterdam' },
  teams: ['Security operations', 'Platform'],
  people: [
    {
      key: 'noor',
      name: 'Noor Halvorsen',
      email: 'noor@quillhaven.example',
      roles: ['administrator'],
      team: 'Platform',
    },
    { key: 'ilse', name: 'Ilse Tamm', email: 'ilse@quillhaven.example', roles: ['ciso'], team: 'Security operations' },
    {
      key: 'dana',
      name: 'Dana Whitlock',
      email: 'dana@quillhaven.example',
      roles: ['analyst'],
      team: 'Security operations',
    },
    { key: 'bram', name: 'Bram Castellane', email: 'bram@quillhaven.example', roles: ['analyst'], team: 'Platform' },
    { key: 'sanne', name: 'Sanne Achterberg', email: 'sanne@quillhaven.example', roles: ['auditor'], team: 'Platform' },
    { key: 'priya', name: 'Priya Lindholm', email: 'priya@quillhaven.example', roles: [], team: 'Security operations' },
  ],
  onCall: 'priya',
}

/** The tools of this organisation, each with its class: what a person imports and another confirms before agents ask for them. */
export const catalogue = [
  { tool: 'tickets.read', class: { access: 'read' } },
  { tool: 'tickets.add_comment', class: { access: 'write', reversible: true } },
  { tool: 'crm.export_contacts', class: { access: 'read', audience: 'external' } },
  {
    tool: 'crm.refund_request',
    class: { access: 'write', reversible: false, audience: 'customer', spends: true },
    schema: {
      type: 'object',
      properties: { order: { type: 'string' }, amount: { type: 'number' }, currency: { type: 'string' } },
      required: ['order', 'amount', 'currency'],
      additionalProperties: false,
    },
  },
]

export function world(): World {
  const file = process.env[WORLD_FILE]
  if (file === undefined) throw new Error('The journeys run through e2e/playwright.config.ts.')
  return JSON.parse(readFileSync(file, 'utf8')) as World
}

/** One of the cast. */
export function personOf(key: string): FoundPerson {
  const found = world().people[key]
  if (found === undefined) throw new Error(`Nobody is called ${key}.`)
  return found
}
