import { agentSubject } from '@/lib/agents/read'
import { answerElevation } from '@/lib/boundary/answer-elevation'
import { elevationAnswerInput, elevationParams } from '@/lib/boundary/contract'
import { parsePublicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import { handle } from '@/lib/http/handle'

/** Grants an elevation, or refuses it, on exactly what was seen: never by who asked, nor by the owner. */
export const POST = handle(
  {
    permission: 'elevation.answer',
    params: elevationParams,
    input: elevationAnswerInput,
    subject: ({ db, params }) => agentSubject(db, params.slug),
    transaction: false,
  },
  ({ actor, params, input, now }) =>
    answerElevation({
      id: parsePublicId('elevation', params.id),
      actor,
      answer: input.answer,
      reason: input.reason,
      digest: Buffer.from(input.digest.slice('sha256:'.length), 'hex'),
      now,
    }),
  {
    then: ({ slug }) => paths.agent(slug),
    say: ({ status }) => ({
      text: status === 'granted' ? 'Granted. Its time runs from this moment.' : 'Refused. Nothing was granted.',
    }),
  },
)
