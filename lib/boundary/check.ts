import { fault } from '@/lib/core/fault'
import type { Db } from '@/lib/db/client'
import { catalogue } from '@/lib/tools/read'
import type { CatalogueTool } from '@/lib/tools/tool'
import type { Baseline, Boundary } from './boundary'
import { typeErrors } from './check-types'
import { parseBaseline, parseBoundary } from './parse'
import type { Governed } from './subject'
import type { BoundaryError } from './yaml'

/**
 * Everything wrong with a text, as saving it would say, without saving: line and column from 1. Empty when it can be saved.
 * @param of the agent it is for, or null for the organisation's baseline
 */
export async function check(
  db: Db,
  of: Governed | null,
  source: string,
): Promise<{ errors: Omit<BoundaryError, 'code'>[] }> {
  const read = readSource(source, of, await catalogue(db))
  return {
    errors: read.ok ? [] : read.errors.map(({ line, column, path, message }) => ({ line, column, path, message })),
  }
}

/** The text as the gate understands it. @throws Fault `invalid_boundary` with line and column of everything that is wrong */
export function documentOf<T extends Governed | null>(
  source: string,
  of: T,
  tools: readonly CatalogueTool[],
): T extends null ? Baseline : Boundary {
  const read = readSource(source, of, tools)
  if (read.ok) return read.document as T extends null ? Baseline : Boundary
  const { errors } = read
  throw fault('invalid_boundary', {
    field: 'source',
    detail: `Nothing was saved: ${errors.length === 1 ? 'one thing in it is' : `${String(errors.length)} things in it are`} not right.`,
    errors: errors.map(({ line, column, path, message }) => ({
      field: path === '' ? 'source' : `source.${path}`,
      detail: message,
      line,
      column,
    })),
  })
}

function readSource(source: string, of: Governed | null, tools: readonly CatalogueTool[]) {
  const read = of === null ? parseBaseline(source) : parseBoundary(source, of.slug)
  if (!read.ok) return read
  const errors = typeErrors(source, read.document, tools)
  return errors.length === 0 ? read : { ok: false as const, errors }
}
