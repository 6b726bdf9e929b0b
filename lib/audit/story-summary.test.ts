import { describe, expect, it } from 'vitest'
import type { Story } from './story'
import { summarise } from './story-summary'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 3, 3, minute)).toISOString()
const DOING = [
  { kind: 'text', text: 'isolate host ' },
  { kind: 'data', text: 'fin-lt-0442' },
] as const
const HELD: Story = {
  action: `act_${'0'.repeat(32)}`,
  agent: { slug: 'soc-triage' },
  status: 'succeeded',
  frozen: false,
  asked: {
    at: at(0),
    run: null,
    tool: 'edr.isolate_host',
    known: true,
    channel: 'api',
    said: 'open',
    gone: null,
    resource: { type: 'host', id: 'fin-lt-0442' },
    requester: { type: 'user', id: 'dana@x.example', proof: 'asserted' },
    arguments: { host: 'fin-lt-0442' },
    argumentsRaw: '{}',
    reasoning: { summary: 'Beaconing <b>now</b>', signals: ['a', 'b'], intel: ['c'], confidence: 0.9 },
    evidence: [{ title: 'A mail', untrusted: true }],
    untrustedSources: [],
    testedAgainst: [],
  },
  decided: {
    at: at(0),
    decision: 'hold',
    observed: null,
    reasons: [
      { code: 'approval_required', text: 'The boundary asks for a person’s approval.', rule: 'approval_required[0]' },
    ],
    boundary: { version: 4, digest: 'sha256:0', signer: { id: 'p1', name: 'Ilse Tamm' }, signedAt: at(-60) },
    digest: 'sha256:1',
  },
  approval: {
    id: 'apr_1',
    status: 'approved',
    openedAt: at(0),
    expiresAt: at(50),
    closedAt: at(2),
    verdicts: [
      {
        person: { id: 'p2', name: 'Dana Whitlock' },
        answer: 'approve',
        capability: 'analyst',
        reason: 'Matches report 2291',
        at: at(2),
      },
    ],
  },
  steps: [],
  outcome: { status: 'succeeded', at: at(3), durationMs: 400, output: null, error: null, said: 'open' },
  refusals: [],
  sandboxes: [],
  proof: { index: 1_234, entry: 'ent_1' },
  entries: [],
  owner: {
    then: { id: 'p3', name: 'Priya Lindholm' },
    at: at(0),
    now: { id: 'p3', name: 'Priya Lindholm' },
    proof: null,
    since: [],
    accountable: null,
  },
}
const said = (story: Story) =>
  summarise(story, DOING)
    .map((parts) => parts.map((part) => (part.is === 'time' ? part.at : part.text)).join(''))
    .join(' ')

describe('the summary of a story', () => {
  it('says who asked whom, why, by whose rule, who answered in which words, what came of it and what proves it', () => {
    const words = said(HELD)
    for (const part of [
      'the AI agent soc-triage, which said it acts for dana@x.example, asked to isolate host fin-lt-0442.',
      'in soc-triage’s own words, which nobody checked: Beaconing <b>now</b>',
      'It relied on 2 signals, one piece of intelligence and one piece of evidence, and put its own confidence at 0.9.',
      'One source it had read came from outside and was not trusted',
      'asked a person: the boundary asks for a person’s approval (rule approval_required[0]), under version 4',
      'signed by Ilse Tamm',
      'Dana Whitlock approved it after 2 min 0 s, saying: Matches report 2291',
      'It was carried out at',
      'by the agent’s own account',
      'Priya Lindholm answered for the agent at that time.',
      'Entry 1,234 of a tamper-evident log',
    ])
      expect(words).toContain(part)
  })

  it('keeps an agent’s and a person’s words apart as quotes and data, never as our own text', () => {
    const parts = summarise(HELD, DOING).flat()
    const own = parts.flatMap((part) => (part.is === 'text' || part.is === 'strong' ? part.text : [])).join('')
    for (const hostile of ['Beaconing <b>now</b>', 'Matches report 2291', 'dana@x.example', 'fin-lt-0442']) {
      expect(own).not.toContain(hostile)
      expect(parts.some((part) => part.is !== 'time' && part.text === hostile)).toBe(true)
    }
  })

  it('says nothing of what was erased but that it was', () => {
    const erased = { ...HELD.asked, said: 'erased' as const, reasoning: null, evidence: [], requester: null }
    expect(said({ ...HELD, asked: erased })).toContain('was erased since')
    expect(said({ ...HELD, asked: erased })).not.toContain('It relied on')
  })

  it('tells a refusal, an unanswered request and a missing signature as what they are', () => {
    const forbidden = {
      ...HELD,
      status: 'forbidden',
      approval: null,
      outcome: null,
      refusals: [],
      sandboxes: [],
      decided: { ...HELD.decided, decision: 'forbid' as const, boundary: null },
    }
    expect(said(forbidden)).toContain('Countersign refused')
    expect(said(forbidden)).toContain('nobody had signed what this agent may do')
    expect(said(forbidden)).toContain('It was not carried out.')
    const waiting = {
      ...HELD,
      status: 'held',
      outcome: null,
      approval: { ...HELD.approval!, status: 'pending' as const, verdicts: [] },
    }
    expect(said(waiting)).toContain('Nobody has answered yet.')
  })

  it('says to whom the agent was handed since', () => {
    const transfer = {
      kind: 'agent.handed_over' as const,
      owner: { id: 'p9', name: 'Yuki Oyelaran' },
      by: null,
      at: at(40),
      index: 9,
      entry: 'ent_9',
    }
    expect(said({ ...HELD, owner: { ...HELD.owner, since: [transfer] } })).toContain(
      'since then it was handed to Yuki Oyelaran',
    )
  })
})
