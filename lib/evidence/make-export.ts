import { db } from '@/lib/db/client'
import type { Actor } from '@/lib/people/actor'
import type { ExportInput } from './contract'
import { fileOf } from './export'
import { readExportQuery, scopeOf } from './plan'
import { exportBundle } from './stream-bundle'
import { exportLines, refuseUnanswerable } from './stream-lines'

/**
 * Makes an export: what was asked for is recorded before this answers (C30), and the file is read from `pieces` as fast as somebody
 * takes it.
 * @throws Fault `invalid_request`, `invalid_id`, `not_found` naming the field; `too_large`; `unavailable`
 */
export async function makeExport(
  by: Actor,
  input: ExportInput,
  now: Date,
): Promise<{ pieces: AsyncGenerator<Buffer>; file: { name: string; type: string } }> {
  const query = await readExportQuery(db(), input, now)
  await refuseUnanswerable(by, query)
  const file = fileOf(input.format, now)
  if (input.format !== 'bundle') return { pieces: await exportLines(by, input.format, query), file }
  const scope = await scopeOf(db(), query, input.others)
  return { pieces: await exportBundle(by, query, scope, input.sample, now), file }
}
