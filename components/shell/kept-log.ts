import { type LogReader, lookAtLog, type Looked } from '@/clients/verifier/proof/keeper'
import { webPrimitives } from '@/clients/verifier/proof/web'
import { keepFinding, keepLog, keptLog, logFinding } from './kept-store'

/** Whether this browser can check anything: WebCrypto exists on https and localhost alone. */
export const canCheck = (): boolean => webPrimitives() !== null

/**
 * Looks at the log (`lookAtLog`) and keeps what it finds, so that this browser need not believe the server about yesterday. Of many
 * tabs one looks at a time: none keeps an older state over a newer one.
 * @returns null where this browser cannot check. Throws where the server cannot be asked
 */
export async function lookAgain(now: Date = new Date()): Promise<Looked | null> {
  const primitives = webPrimitives()
  if (!primitives) return null
  return navigator.locks.request('countersign-log', async () => {
    const kept = keptLog()
    const looked = await lookAtLog(primitives, kept, SERVER, now.toISOString())
    if (looked.ok) keepLog(looked.kept)
    else if (!logFinding())
      keepFinding({ code: looked.code, size: looked.size, at: now.toISOString(), kept: kept?.size ?? 0 })
    return looked
  })
}

/** The log as this server shows it. Its answers are checked, never believed. */
export const SERVER: LogReader = {
  checkpoint: () => text('/log/checkpoint'),
  consistency: async (from, to) =>
    (await text(`/log/consistency?from=${from}&to=${to}`)).split('\n').filter((line) => line !== ''),
  keys: async () => (await (await ask('/log/keys')).json()) as { vkey: string; successions: string[] },
}

async function text(path: string): Promise<string> {
  return (await ask(path)).text()
}

async function ask(path: string): Promise<Response> {
  const response = await fetch(path, { cache: 'no-store', credentials: 'omit' })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response
}
