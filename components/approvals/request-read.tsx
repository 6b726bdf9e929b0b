import type { ReactNode } from 'react'
import type { Standing } from '@/lib/agents/grade'
import type { BehindRequest } from '@/lib/audit/read-resource-history'
import type { RequestDetail } from '@/lib/decisions/request'
import type { Flash } from '@/lib/people/session-flash'
import { StateWord } from '../ui/state-word'
import { WhatToLookFor } from '../scrutiny/what-to-look-for'
import { Earlier } from './earlier'
import { EditArguments } from './edit-arguments'
import { FourThings } from './four-things'
import { JumpBar } from './jump-bar'
import { OwnWords } from './own-words'
import { Questions } from './questions'
import { RequestContext } from './request-context'
import { ResourceHistory } from './resource-history'
import { WhatItAsks } from './what-it-asks'
import { WhatItRead } from './what-it-read'
import { WhoAnswers } from './who-answers'

/** What of a request is read, and its plain forms: made on the server, so that no page pays for it in scripts. */
export type RequestRead = { state: ReactNode; reading: ReactNode; seats: ReactNode; context: ReactNode }

/**
 * The parts of one request for `RequestView`, which has them made anew when the request changes (`markOf`).
 * @param standing how well a halt would hold its agent
 * @param behind what was done with the same resource, and why its words are gone
 * @param flash what the last plain form was answered with
 */
export function requestRead(
  request: RequestDetail,
  behind: BehindRequest,
  standing: Standing,
  me: { id: string; name: string },
  flash?: Flash,
): RequestRead {
  const mayAnswer = request.status === 'pending' && (request.you.approve.ok || request.you.reject.ok)
  return {
    state: <StateWord state={request.frozen ? 'frozen' : request.status === 'pending' ? 'held' : request.status} />,
    reading: (
      <>
        <FourThings request={request} />
        <WhatItAsks request={request} gone={behind.gone} files={`/api/console/approvals/${request.id}/exact`} />
        <WhatToLookFor scrutiny={request.scrutiny} form={mayAnswer ? 'verdict' : undefined} />
        <EditArguments request={request} flash={flash} />
        {!request.sensitive && (
          <>
            <WhatItRead evidence={request.evidence} sources={request.untrustedSources} />
            <OwnWords agent={request.agent} reasoning={request.reasoning} />
            <Questions request={request} flash={flash} />
          </>
        )}
        <Earlier request={request} />
        {behind.history && <ResourceHistory request={request} history={behind.history} />}
        <JumpBar request={request} />
      </>
    ),
    seats: <WhoAnswers request={request} me={me} />,
    context: <RequestContext request={request} standing={standing} />,
  }
}
