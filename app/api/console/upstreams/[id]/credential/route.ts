import { z } from 'zod'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'
import { credentialInput } from '@/lib/upstreams/contract'
import { replaceCredential } from '@/lib/upstreams/propose'

/** Replaces the credential that is sent to a server. */
export const POST = handle(
  {
    permission: 'upstream.rekey',
    params: z.strictObject({ id: z.string().max(60) }),
    input: credentialInput,
  },
  ({ db, actor, params, input }) =>
    replaceCredential(db, actor, parsePublicId('upstream', params.id, 'id'), input.secret ?? ''),
  {
    then: ({ name }) => paths.upstream(name),
    say: ({ name }) => ({ text: `The next request to ${name} is sent with the new credential.` }),
  },
)
