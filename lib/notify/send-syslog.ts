import net from 'node:net'
import tls from 'node:tls'
import { guardedLookup, refuseBarredLiteral, type Allowed } from './reach'
import { trust } from './post'

export type SyslogSend = {
  host: string
  port: number
  /** null: plain TCP. `cert` and `key` prove who we are (RFC 5425 §4.2.2), where the receiver asks. */
  tls: { ca: string | null; cert: string | null; key: string | null } | null
  /** octet-counted frames */
  frames: string
  allowed: Allowed
  timeoutMs: number
}

/** How long our end is held back after the last byte, so that a receiver which closed before it read anything is heard first. */
const HOLD_MS = 50
const LONGEST_HOLD_MS = 1_000

/**
 * Hands frames to a syslog receiver on a connection of their own, and answers once the receiver has closed it after we did. Syslog
 * has no acknowledgement (RFC 6587 §3.1). A receiver learns of our end only once it has read all that came before, so that its own
 * orderly end after ours shows that it read everything; a write that succeeded shows nothing. Its end before ours is a failure: a
 * load balancer without a receiver behind it accepts and closes (ADR 0013).
 * @throws what node:net, node:tls and node:dns throw; an Error with the code `address`, `plain`, `ETIMEDOUT`, `ECONNRESET`, or
 * `unclosed` when the receiver never closed
 */
export function sendSyslog(request: SyslogSend, signal?: AbortSignal): Promise<void> {
  refuseBarredLiteral(request.host, request.allowed)
  return new Promise<void>((resolve, reject) => {
    const begun = performance.now()
    const socket = connect(request)
    let [sent, ended] = [false, false]
    const timers: NodeJS.Timeout[] = []
    const settle = (error?: Error) => {
      for (const timer of timers) clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      socket.destroy()
      if (error) reject(error)
      else resolve()
    }
    const abort = () => {
      settle(coded('ABORT_ERR', 'Stopped.'))
    }
    const late = () => {
      settle(sent ? coded('unclosed', 'The receiver did not close.') : coded('ETIMEDOUT', 'Not sent in time.'))
    }
    timers.push(setTimeout(late, request.timeoutMs))
    if (signal?.aborted === true) abort()
    signal?.addEventListener('abort', abort, { once: true })
    socket.once(request.tls === null ? 'connect' : 'secureConnect', () => {
      const hold = Math.min(Math.max(HOLD_MS, 2 * (performance.now() - begun)), LONGEST_HOLD_MS)
      socket.write(request.frames, () => {
        const end = () => {
          sent = true
          socket.end()
        }
        timers.push(setTimeout(end, hold))
      })
    })
    // what a syslog receiver says is nothing to us; unread it would keep the end from being seen
    socket.resume()
    socket.on('error', settle)
    socket.on('end', () => {
      ended = sent
      if (!sent) settle(coded('ECONNRESET', 'The receiver closed before it had everything.'))
    })
    socket.on('close', () => {
      settle(ended ? undefined : coded('ECONNRESET', 'The connection broke off.'))
    })
  })
}

function connect({ host, port, allowed, tls: secured }: SyslogSend): net.Socket {
  const where = { host, port, lookup: guardedLookup(allowed), allowHalfOpen: true }
  if (secured === null) return net.connect(where)
  const { ca, cert, key } = secured
  return tls.connect({
    ...where,
    ...trust(ca),
    ...(cert !== null && key !== null && { cert, key }),
    ...(net.isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  })
}

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code })
