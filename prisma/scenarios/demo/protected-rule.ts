import { createHash } from 'node:crypto'
import type { ConsoleClient } from '../console-client'
import type { FoundPerson } from '../found'
import type { RunningAgent } from './agent'
import type { Step } from './programs'

const RULE = { type: 'detection_rule', id: 'DR-0417' }
const DAY = 86_400_000

const rule = (seconds: number, hosts: number) =>
  [
    'title: Beacon to a rarely seen address',
    'logsource: dns',
    `interval: ${seconds} s ± 3 s`,
    `seen_by: fewer than ${hosts} hosts`,
    'level: high',
    '',
  ].join('\n')
const digestOf = (content: string) => `sha256:${createHash('sha256').update(content, 'utf8').digest('hex')}`
const STOOD = rule(60, 3)

const change = (
  content: string,
  summary: string,
  test: { data: string; uri: string; result: string; passed: boolean },
): Step => ({
  proposal: {
    tool: 'siem.update_rule',
    arguments: { rule: RULE.id, content },
    resource: RULE,
    on_behalf_of: { type: 'user', id: 'dana@quillhaven.example' },
    reasoning: {
      summary,
      signals: ['11 beacons of 57 to 66 s missed in October', 'all to addresses seen by fewer than 3 hosts'],
      skill: 'tune-detection',
      confidence: 0.86,
    },
    tested_against: [test],
  },
  works: () => ({ rule: RULE.id, saved: true }),
})

/**
 * A detection rule's life (C21), through the API as everybody would: the ciso marks it, its system says what is in force and when
 * it fired, an agent proposes two changes with what they were tested on, one is approved and comes into force, the other is not.
 */
export async function tellProtectedRule(
  agents: ReadonlyMap<string, RunningAgent>,
  people: ReadonlyMap<string, FoundPerson>,
  as: (key: string) => Promise<ConsoleClient>,
): Promise<void> {
  const [tuner, connector] = [agents.get('rule-tuner'), agents.get('siem-connector')]
  const owner = people.get('priya')
  if (!tuner || !connector || !owner) throw new Error('The story of the rule lacks somebody.')
  const ilse = await as('ilse')
  await ilse.post('/api/console/resources', {
    type: RULE.type,
    name: RULE.id,
    title: 'Beacon to a rarely seen address',
    kind: 'detection_rule',
    ownerId: owner.id,
    reporter: 'siem-connector',
    digest: digestOf(STOOD),
  })
  await connector.client.inForce(RULE, { digest: digestOf(STOOD), version: 'r41' })
  for (const [n, count] of [1, 0, 2, 0, 0, 1, 4, 1, 0, 2].entries()) {
    if (count === 0) continue
    const at = new Date(Date.now() - (12 - n) * DAY).toISOString()
    await connector.client.fired(RULE, { event: `beacon-${n}`, at, count })
  }

  const wider = rule(60, 5)
  const approved = await tuner.take(
    change(wider, 'Five hosts instead of three: October’s misses were seen by three or four hosts each.', {
      data: 'DNS logs of October 2026, 41 million rows',
      uri: 'siem://datasets/dns-2026-10',
      result: 'finds all 11 known beacons, 2 false alarms a week',
      passed: true,
    }),
  )
  const refused = await tuner.take(
    change(rule(60, 50), 'Fifty hosts would also find the update service that was abused in the spring.', {
      data: 'DNS logs of 14 October 2026',
      uri: 'siem://datasets/dns-2026-10-14',
      result: 'one day only; 340 alarms',
      passed: false,
    }),
  )
  const bram = await as('bram')
  // the agent asks on Dana’s request, so somebody else decides
  await answer(
    bram,
    approved,
    'approve',
    'Read the rule and the October run; two false alarms a week is what we agreed to bear.',
  )
  await answer(bram, refused, 'reject', '340 alarms a day would bury the desk. Tested on one day only.')
  await until(async () => (await tuner.client.read(approved.id)).status === 'succeeded')
  await connector.client.inForce(RULE, { digest: digestOf(wider), version: 'r42' })
  await connector.client.fired(RULE, {
    event: 'beacon-clm-ws-1190',
    at: new Date().toISOString(),
    summary: 'clm-ws-1190 to 203.0.113.77, 60 s, 41 connections',
  })
}

async function answer(
  person: ConsoleClient,
  action: { digest: string; approval: { id: string } | null },
  verdict: 'approve' | 'reject',
  reason: string,
): Promise<void> {
  await person.post(`/api/console/approvals/${action.approval?.id ?? ''}/verdict`, {
    answer: verdict,
    digest: action.digest,
    reason,
  })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await holds());) {
    if (Date.now() > deadline) throw new Error('The approved change was not carried out in 30 s.')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
