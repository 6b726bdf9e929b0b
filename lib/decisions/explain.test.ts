import { describe, expect, it } from 'vitest'
import { REASONS } from './decision'
import { evaluate, judge } from './evaluate'
import { explain } from './explain'
import { ROUNDS, seeded, someFacts } from './random-testing'
import { boundaryOf, factsFor } from './testing'

const random = seeded(20_261_121)
const many = Array.from({ length: ROUNDS }, () => someFacts(random))

describe('an explanation agrees with the gate on random facts', () => {
  it('gives the very answer of evaluate', () => {
    for (const facts of many) expect(explain(facts).evaluation).toEqual(evaluate(facts))
  })

  it('shows every match of evaluate, at its strictness, and no match evaluate has not', () => {
    let matches = 0
    for (const facts of many) {
      const { looked } = explain(facts)
      if (facts.boundary === null) continue
      const asked = (decision: string) => looked.filter((one) => one.decision === decision).map(({ rule }) => rule)
      for (const reason of judge(facts, facts.boundary)) {
        const name = reason.rule ?? reason.code
        const line = looked.find(({ rule, step }) => rule === name && step === reason.step)
        expect(line, name).toBeDefined()
        expect(['matched', 'error'], name).toContain(line?.outcome)
        matches += 1
      }
      const strongest = (['forbid', 'hold', 'allow'] as const).find((one) => asked(one).length > 0)
      const { decision, contained, reason, observed } = evaluate(facts)
      if (!contained && reason.code !== 'secret_in_arguments' && observed?.reasons[0]?.code !== 'secret_in_arguments')
        expect(strongest).toBe(observed?.decision ?? decision)
    }
    expect(matches).toBeGreaterThan(ROUNDS)
  })

  it('says of each never and each approval_required that it matched exactly where evaluate says so', () => {
    for (const facts of many) {
      if (facts.boundary === null) continue
      const reasons = judge(facts, facts.boundary)
      for (const { rule, outcome } of explain(facts).looked.filter(({ rule: name }) =>
        /^(never|approval_required)\[/.test(name),
      ))
        expect(outcome === 'matched' || outcome === 'error', rule).toBe(reasons.some((reason) => reason.rule === rule))
    }
  })

  it('leaves out no line of the three lists, of the surfaces or of the limits', () => {
    for (const facts of many) {
      const document = facts.boundary?.document
      if (document === undefined) continue
      const names = explain(facts).looked.map(({ rule }) => rule)
      for (const list of ['never', 'approval_required', 'autonomous'] as const)
        document[list].forEach((_, at) => {
          expect(names).toContain(`${list}[${String(at)}]`)
        })
      for (const limit of Object.keys(document.limits)) expect(names).toContain(`limits.${limit}`)
      document.surfaces?.commands?.never.forEach((_, at) => {
        expect(names).toContain(`surfaces.commands.never[${String(at)}]`)
      })
      expect(new Set(names).size, 'no line twice').toBe(names.length)
    }
  })
})

describe('an explanation says why', () => {
  const document = boundaryOf(`agent: support-triage
mcp_scopes: {crm: [read]}
autonomous: [{tool: crm.refund, when: args.amount < 50, override: small}]
approval_required: [crm.refund]
never: [crm.wipe, {tool: refund, when: args.missing.deep == 1}]
`)
  const { looked } = explain(
    factsFor(document, 'crm.refund', { action: { tool: 'crm.refund', arguments: { amount: 70 }, resource: null } }),
  )
  const of = (rule: string) => looked.find((one) => one.rule === rule)

  it('of a rule about another tool, of a condition that is not met, of one that cannot tell', () => {
    expect(of('never[0]')).toMatchObject({ outcome: 'not', decision: null, why: 'It is about crm.wipe.' })
    expect(of('autonomous[0]')).toMatchObject({ outcome: 'not', why: 'Its condition (args.amount < 50) is not met.' })
    expect(of('never[1]')).toMatchObject({ outcome: 'error', decision: 'forbid' })
    expect(of('approval_required[0]')).toMatchObject({ outcome: 'matched', decision: 'hold' })
  })

  it('and what ends the gate is all that is looked at', () => {
    const ended = explain(factsFor(null, 'crm.refund'))
    expect(ended.looked).toMatchObject([{ rule: 'no_signed_boundary', decision: REASONS.no_signed_boundary.decision }])
  })
})
