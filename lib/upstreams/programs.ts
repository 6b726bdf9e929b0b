import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { parseJson } from '@/lib/core/json'
import { isServerName } from '@/lib/tools/tool'
import { upstreamError } from './failure'

/** A program that speaks MCP on its standard streams: what is run, with what, and everything of the environment it gets. */
export type Program = { command: string; args: string[]; env: Record<string, string> }

const program = z.strictObject({
  command: z.string().min(1).max(4_096),
  args: z.array(z.string().max(8_192)).max(100).default([]),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,100}$/), z.string().max(8_192)).default({}),
})
const programs = z.record(z.string().refine(isServerName), program)

/** Where the programs this server may run are named: a file beside its data, which no page writes (ADR 0046). */
export const programsFile = (dataFolder: string): string => path.join(dataFolder, 'programs.json')

/**
 * The program of a name, read anew each time. The console names one and never says what it is: who may run something on this machine is who
 * may write its files.
 * @throws UpstreamError `upstream_program` where the file names none, or cannot be read
 */
export function programNamed(dataFolder: string, name: string): Program {
  let text: string
  try {
    text = readFileSync(programsFile(dataFolder), 'utf8')
  } catch (error) {
    throw upstreamError('upstream_program', error)
  }
  const read = programs.safeParse(parsedOrNull(text))
  const found = read.success && Object.hasOwn(read.data, name) ? read.data[name] : undefined
  if (found === undefined) throw upstreamError('upstream_program', read.error)
  return found
}

function parsedOrNull(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}
