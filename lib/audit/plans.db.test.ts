import { expect, it } from 'vitest'
import { testDatabase } from '@/lib/db/testing'

const { pools } = await testDatabase()
const DOCUMENT =
  'ledger.document(p.tool, p.resource_type, p.resource_id, p.requester, p.sentence, p.signals, p.intel, p.skill)'

it.each([
  ['a kind', 'ledger.entry e', `e.kind = 'halt.engaged'`, /entry_\d+_\d+_kind_idx/],
  ['an outcome', 'ledger.entry e', `e.outcome = 'failed'`, /entry_\d+_\d+_outcome_idx/],
  ['a reason', 'ledger.entry e', `e.reason_code = 'never'`, /entry_\d+_\d+_reason_code_idx/],
  ['a run', 'ledger.entry e', `e.run_id = '00000000-0000-7000-8000-000000000000'`, /entry_\d+_\d+_run_id_idx/],
  ['a person', 'ledger.entry e', `e.person_id = '00000000-0000-7000-8000-000000000000'`, /entry_\d+_\d+_person_id_idx/],
  ['a rule', 'ledger.entry e', `ledger.marks(e.envelope) && ARRAY['rule:never']`, /entry_\d+_\d+_marks_idx/],
  ['a tool', 'ledger.projection p', `lower(p.tool) LIKE 'edr.%'`, /projection_\d+_\d+_lower_idx/],
  ['a requester', 'ledger.projection p', `lower(p.requester) = 'dana'`, /projection_\d+_\d+_lower_idx1/],
  ['an amount', 'ledger.projection p', 'p.amount > 1000', /projection_\d+_\d+_amount_idx/],
  ['a confidence', 'ledger.projection p', 'p.confidence > 0.9', /projection_\d+_\d+_confidence_idx/],
  ['words', 'ledger.projection p', `${DOCUMENT} @@ to_tsquery('simple', 'penguin')`, /projection_\d+_\d+_document_idx/],
])('%s is found by its index, in every month', async (_, table, condition, index) => {
  const client = await pools.app.connect()
  try {
    await client.query('BEGIN')
    await client.query('SET LOCAL enable_seqscan = off')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN SELECT 1 FROM ${table} WHERE ${condition}`)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(index)
    expect(plan).not.toContain('Seq Scan')
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
})
