import type { ReactNode } from 'react'
import type { BehindRequest } from '@/lib/audit/read-resource-history'
import type { RequestDetail } from '@/lib/decisions/request'
import { OwnWords } from './own-words'
import { RequestContext } from './request-context'
import { ResourceHistory } from './resource-history'
import { WhatItAsks } from './what-it-asks'
import { WhatItRead } from './what-it-read'

/** What of a request is read and changes only with its digest, made on the server: no page pays for it in scripts. */
export type RequestRead = { asks: ReactNode; read: ReactNode; words: ReactNode; before: ReactNode; context: ReactNode }

/** The parts of one request for `RequestView`. @param behind what was done with the same resource, and why its words are gone */
export function requestRead(request: RequestDetail, behind: BehindRequest): RequestRead {
  return {
    asks: <WhatItAsks request={request} gone={behind.gone} files={`/api/console/approvals/${request.id}/exact`} />,
    read: <WhatItRead evidence={request.evidence} sources={request.untrustedSources} />,
    words: <OwnWords agent={request.agent} reasoning={request.reasoning} />,
    before: behind.history && <ResourceHistory request={request} history={behind.history} />,
    context: <RequestContext request={request} />,
  }
}
