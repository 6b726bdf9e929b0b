import { closeSync, fchmodSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { EXITS } from '../shared/exits'
import { Trouble } from '../shared/trouble'

/** A credential as the server made it; nobody can ask for its secret again. */
export type Issued = { id: string; clientId: string; clientSecret: string; endsOld: string | null }

/** A file that waits for a secret. */
export type SecretFile = { file: string; draft: string; handle: number }

/**
 * Opens the file a secret will be written to, before there is one: a secret that was made and cannot be kept is lost. Nobody else reads it
 * (0600), from the first byte on. Null where none is named.
 * @throws Trouble where it cannot be written
 */
export function secretFile(file: string | undefined): SecretFile | null {
  if (file === undefined) return null
  const draft = `${file}.${String(process.pid)}.draft`
  try {
    const handle = openSync(draft, 'wx', 0o600)
    fchmodSync(handle, 0o600)
    process.once('exit', () => {
      rmSync(draft, { force: true })
    })
    return { file, draft, handle }
  } catch (error) {
    throw new Trouble(
      `${file} cannot be written: ${error instanceof Error ? error.message : 'nobody knows why'}.`,
      EXITS.unusable,
    )
  }
}

/** Gives a credential to whoever asked: into the file, whole or not at all, or for the terminal, this once. */
export function handOver(
  { id, clientId, clientSecret }: Issued,
  server: string,
  out: SecretFile | null,
): { result: Record<string, string>; text: string } {
  const lines = `COUNTERSIGN_SERVER=${server}\nCOUNTERSIGN_CLIENT_ID=${clientId}\nCOUNTERSIGN_CLIENT_SECRET=${clientSecret}\n`
  if (out === null)
    return {
      result: { id, clientId, clientSecret },
      text: `${lines}The secret is shown this once, and kept nowhere.\n`,
    }
  writeFileSync(out.handle, lines)
  closeSync(out.handle)
  renameSync(out.draft, out.file)
  return {
    result: { id, clientId, file: out.file },
    text: `The credential ${clientId} is in ${out.file}, readable by you alone: set -a; . ${out.file.includes('/') ? out.file : `./${out.file}`}\n`,
  }
}
