import type { z } from 'zod'
import type { FaultCode } from '@/lib/core/fault'

/** One address of the native API, as the OpenAPI document says it. */
export type Operation = {
  method: 'get' | 'post'
  path: string
  id: string
  summary: string
  /** public: no token */
  open?: boolean
  /** not an agent's token but an API token of a person */
  person?: boolean
  /** an enforcement point's token, or an agent's */
  point?: boolean
  body?: z.ZodType
  /** the media type of a body that is no JSON */
  sends?: string
  /** where it is not 200: taken, and answered without a body unless `output` says one */
  status?: 202
  /** problems whose statuses are another document's (a profile's) to choose, by status */
  problems?: Readonly<Record<number, string>>
  query?: z.ZodObject
  headers?: Record<string, { schema: z.ZodType; description: string }>
  output?: z.ZodType
  /** media type and meaning, where the answer is no JSON */
  other?: { type: string; description: string }
  refusals: readonly FaultCode[]
}
