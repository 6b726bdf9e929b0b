import { parseBaseline, parseBoundary, type Parsed } from '@/lib/boundary/parse'
import type { Judged } from '@/lib/trials/tally'
import { startReplay } from '@/lib/trials/replay'
import type { TraceFault } from '@/lib/trials/trace'
import { readCatalogue } from '../shared/catalogue'
import type { Io } from '../shared/command'
import { EXITS } from '../shared/exits'
import { readBytes, readTrace } from '../shared/read'
import { Trouble } from '../shared/trouble'

export type Done = { judged: Judged[]; faults: TraceFault[] }
export type Files = {
  boundary: string
  catalogue: string | undefined
  baseline: string | undefined
  environment: string
}

/** Decides every call of a trace by a boundary in a file; `event` hears of each. */
export async function decideOffline(trace: string, files: Files, event: Io['event']): Promise<Done> {
  const decide = startReplay({
    boundary: await readDocument(files.boundary, parseBoundary),
    baseline: files.baseline === undefined ? null : await readDocument(files.baseline, parseBaseline),
    catalogue: await readCatalogue(files.catalogue),
    environment: files.environment,
    now: Date.now(),
  })
  const done: Done = { judged: [], faults: [] }
  for await (const call of readTrace(trace)) {
    if ('field' in call) {
      done.faults.push(call)
      continue
    }
    const { decision, reason } = decide(call)
    done.judged.push({ tool: call.tool, decision, code: reason.code })
    event({ event: 'call', line: call.line, decision, reason: { code: reason.code, rule: reason.rule } })
  }
  return done
}

async function readDocument<T>(file: string, parse: (source: Uint8Array) => Parsed<T>): Promise<T> {
  const parsed = parse(await readBytes(file))
  if (parsed.ok) return parsed.document
  const faults = parsed.errors.map(
    ({ line, column, path, message }) => `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  )
  throw new Trouble(faults.join('\n'), EXITS.unusable)
}
