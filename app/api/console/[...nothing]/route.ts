import { z } from 'zod'
import { fault } from '@/lib/core/fault'
import { handle } from '@/lib/http/handle'

/** An address that is none, as a problem document instead of a page. */
const nothing = handle({ permission: 'console.read', input: z.unknown(), transaction: false }, () => {
  throw fault('not_found')
})

export { nothing as GET, nothing as POST }
