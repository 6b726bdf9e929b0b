/**
 * Why a start cannot go on, in one sentence for a terminal. Closed, so that tests and scripts can tell them apart; a start
 * error never leaves the machine, so its sentence may name files, ports and logins (never passwords).
 */
export type StartErrorCode =
  | 'node_unsupported'
  | 'setting_invalid'
  | 'port_taken'
  | 'disk_full'
  | 'data_in_use'
  | 'data_unreadable'
  | 'postgres_missing'
  | 'postgres_failed'
  | 'database_unreachable'
  | 'database_refused'
  | 'database_missing'
  | 'database_too_old'
  | 'logins_not_separate'
  | 'migration_failed'
  | 'migration_changed'
  | 'jobs_unhealthy'

export type StartError = Error & { readonly code: StartErrorCode; readonly sentence: string }

/** A start error to throw. `sentence` says what is wrong and what to do about it. */
export function startError(code: StartErrorCode, sentence: string, cause?: unknown): StartError {
  const error = new Error(sentence, cause === undefined ? undefined : { cause })
  return Object.assign(error, { name: 'StartError', code, sentence })
}

/** Whether a thrown value is a start error, whichever bundle made it. */
export function isStartError(value: unknown): value is StartError {
  return value instanceof Error && value.name === 'StartError' && 'sentence' in value
}
