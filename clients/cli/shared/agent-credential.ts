import type { Environment } from './command'
import { EXITS } from './exits'
import { Trouble } from './trouble'

/** The credential of an agent, as the environment holds it. @throws Trouble where it does not */
export function agentCredential(env: Environment): { clientId: string; clientSecret: string } {
  const { COUNTERSIGN_CLIENT_ID: clientId = '', COUNTERSIGN_CLIENT_SECRET: clientSecret = '' } = env
  if (clientId === '' || clientSecret === '')
    throw new Trouble(
      'COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET hold the credential of the agent.',
      EXITS.signed_out,
    )
  return { clientId, clientSecret }
}
