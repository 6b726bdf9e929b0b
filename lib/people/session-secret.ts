import path from 'node:path'
import { keepSecrets } from '@/lib/db/secret-file'
import { startError } from '@/lib/db/start-error'

const SHORTEST = 32

/**
 * What session cookies are sealed with: `SESSION_SECRET`, which every replica must be given alike, else a secret of this
 * install, kept in a file only its user may read (0600).
 * @throws start error `setting_invalid`
 */
export function sessionSecret(dataFolder: string, env: Readonly<Record<string, string | undefined>>): string {
  const given = env.SESSION_SECRET
  if (given === undefined || given === '')
    return keepSecrets(path.join(dataFolder, 'session.json'), ['session']).session
  if (given.length < SHORTEST)
    throw startError('setting_invalid', `SESSION_SECRET is shorter than ${SHORTEST} characters: give it a random one.`)
  return given
}
