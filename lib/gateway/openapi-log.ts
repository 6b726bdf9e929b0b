import { z } from 'zod'
import type { Operation } from '@/lib/gateway/openapi-operation'

const size = z.string().regex(/^(0|[1-9][0-9]{0,14})$/)
const text = (description: string) => ({ type: 'text/plain', description })

/** The ledger as a log (C2SP), for the OpenAPI document. */
export const LOG_OPERATIONS: readonly Operation[] = [
  { method: 'get', path: '/log/checkpoint', id: 'checkpoint', summary: 'The ledger’s newest signed checkpoint, or the newest a witness cosigned', open: true, query: z.object({ witnessed: z.enum(['1']) }), other: text('a signed note (C2SP tlog-checkpoint)'), refusals: ['not_found'] },
  { method: 'get', path: '/log/vkey', id: 'verifierKeys', summary: 'The keys that check checkpoints and receipts', open: true, other: text('two verifier keys (C2SP signed-note), one a line'), refusals: ['not_found'] },
  { method: 'get', path: '/log/keys', id: 'keys', summary: 'The same as JSON, with the signed notes by which one key took over from another', open: true, output: z.object({ origin: z.string(), vkey: z.string(), receipt_vkey: z.string(), successions: z.array(z.string()) }), refusals: ['not_found'] },
  { method: 'get', path: '/log/policy', id: 'policy', summary: 'A trust policy: keys, witnesses, quorum', open: true, other: text('C2SP tlog-policy'), refusals: ['not_found'] },
  { method: 'get', path: '/log/consistency', id: 'consistency', summary: 'That the first `from` entries are the beginning of the first `to`', open: true, query: z.object({ from: size, to: size }), other: text('hashes in base64, one a line (RFC 6962 §2.1.2)'), refusals: ['invalid_request', 'not_found'] },
  { method: 'get', path: '/log/tile/{address}', id: 'tile', summary: 'A tile of the tree, or the entries under it; public where the log is published', person: true, other: { type: 'application/octet-stream', description: 'C2SP tlog-tiles: the address is `<L>/<N>[.p/<W>]` or `entries/<N>[.p/<W>]`' }, refusals: ['not_permitted', 'not_found'] },
  { method: 'get', path: '/log/proof/{index}', id: 'proof', summary: 'The proof of an entry as a file; public where the log is published', person: true, other: text('C2SP tlog-proof'), refusals: ['invalid_request', 'not_permitted', 'not_found'] },
] // prettier-ignore
