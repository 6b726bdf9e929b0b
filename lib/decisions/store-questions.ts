import { query, queryOne, type Sql } from '@/lib/ledger/sql'

/** One question about a held action and the agent's answer to it, with who asked. */
export type QuestionRow = {
  id: string
  person_id: string
  by: string
  text: string
  asked_at: Date
  answer: string | null
  answered_at: Date | null
}

/** The questions about an approval whose words are kept, oldest first; index question_of_approval. */
export function listQuestions(sql: Sql, approvalId: string): Promise<QuestionRow[]> {
  return query(
    sql,
    `SELECT q.id::text AS id, q.asked_by::text AS person_id, p.name AS by, q.text, q.asked_at, q.answer, q.answered_at
       FROM question q JOIN person p ON p.id = q.asked_by WHERE q.approval_id = $1::uuid AND q.erased_at IS NULL ORDER BY q.asked_at, q.id`,
    [approvalId],
  )
}

/** Writes a question; false where one stands already (index question_open). */
export async function insertQuestion(
  sql: Sql,
  row: { id: string; approvalId: string; personId: string; text: string; at: Date },
): Promise<boolean> {
  const rows = await query(
    sql,
    `INSERT INTO question (id, approval_id, asked_by, text, asked_at) VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::timestamptz)
     ON CONFLICT (approval_id) WHERE answered_at IS NULL DO NOTHING RETURNING id::text`,
    [row.id, row.approvalId, row.personId, row.text, row.at],
  )
  return rows.length > 0
}

/** Writes the answer to the question that stands about an approval, or to the one named; null where there is none to answer. */
export function answerStanding(
  sql: Sql,
  approvalId: string,
  questionId: string | null,
  answer: string,
  at: Date,
): Promise<{ id: string } | null> {
  return queryOne(
    sql,
    `UPDATE question SET answer = $3, answered_at = $4::timestamptz
      WHERE approval_id = $1::uuid AND answered_at IS NULL AND erased_at IS NULL AND ($2::uuid IS NULL OR id = $2::uuid) RETURNING id::text AS id`,
    [approvalId, questionId, answer, at],
  )
}
