import { signCheckpoint, checkpointText, type Checkpoint } from '@/lib/ledger/checkpoint'
import { cosign, openCosignatures, parseCosignerVkey, withSignatures, cosignerVkeyOf } from '@/lib/ledger/cosignature'
import type { NoteSigner, NoteVerifier } from '@/lib/ledger/note'

/**
 * A checkpoint with two lines by the log: the signature every note verifier knows, and a `cosignature/v1` of the same key, which
 * carries the time (C2SP tlog-cosignature; a log may sign so). Without it a checkpoint of an idle log says nothing of its age:
 * Ed25519 makes the same bytes of the same text.
 * @param time seconds since 1970
 */
export function signTimedCheckpoint(checkpoint: Checkpoint, signer: NoteSigner, time: number): string {
  const note = signCheckpoint(checkpoint, signer)
  const text = checkpointText(note)
  if (text === null) throw new TypeError('that makes no checkpoint')
  return withSignatures(note, [cosign(text, time, { name: signer.name, privateKey: signer.privateKey })])
}

/** When the log itself says that it signed a checkpoint, seconds since 1970; null when it does not say, or another key does. */
export function signedTime(note: string, log: NoteVerifier): number | null {
  const cosigner = parseCosignerVkey(cosignerVkeyOf(log))
  const found = cosigner && openCosignatures(note, [cosigner])
  return found?.reduce<number | null>((latest, { time }) => Math.max(latest ?? 0, time), null) ?? null
}
