import net from 'node:net'
import { createTransport } from 'nodemailer'
import { failure, failureOf, type Outcome } from './failure'
import type { Mail } from './format-mail'
import type { MailServer } from './mail-server'
import { trust } from './post'
import { guardedLookup, ownPorts, refuseBarredLiteral, type Allowed } from './reach'

/**
 * Hands one mail for one address to the mail server and answers whether it took it. The address that was judged is the one connected to;
 * without TLS nothing is said beyond greeting, unless that was chosen. Never throws: whatever happens is an outcome.
 */
export async function sendMail(server: MailServer, to: string, mail: Mail, timeoutMs: number): Promise<Outcome> {
  const { host, port, tls, user, from, private: own, ca } = server.settings
  const allowed: Allowed = { private: own, plain: tls === 'none', port, ownPorts: ownPorts() }
  let socket: net.Socket | undefined
  let late = false
  const timer = setTimeout(() => {
    late = true
    socket?.destroy()
  }, timeoutMs)
  try {
    socket = await connected(host, port, allowed, (made) => {
      socket = made
    })
    const transport = createTransport({
      ...{
        host,
        port,
        connection: socket,
        secure: tls === 'implicit',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
      },
      ...(user !== null && { auth: { user, pass: server.password ?? '' } }),
      tls: {
        ...trust(ca),
        ...(net.isIP(host) === 0 && { servername: host }),
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
      },
      ...{ disableFileAccess: true, disableUrlAccess: true, name: hostOf(from) },
      ...{ greetingTimeout: timeoutMs, socketTimeout: timeoutMs, connectionTimeout: timeoutMs },
    })
    const { subject, text, headers, messageId, references } = mail
    await transport.sendMail({
      ...{ from: { name: 'Countersign', address: from }, to: { name: '', address: to }, envelope: { from, to } },
      ...{ subject, text, headers, messageId, ...(references !== undefined && { references, inReplyTo: references }) },
    })
    return { ok: true }
  } catch (error) {
    return late ? failure('timeout') : failureOfMail(error)
  } finally {
    clearTimeout(timer)
    socket?.destroy()
  }
}

function connected(
  host: string,
  port: number,
  allowed: Allowed,
  made: (socket: net.Socket) => void,
): Promise<net.Socket> {
  refuseBarredLiteral(host, allowed)
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, lookup: guardedLookup(allowed) })
    made(socket)
    socket.once('error', reject)
    socket.once('close', () => {
      reject(Object.assign(new Error('The connection closed.'), { code: 'ECONNRESET' }))
    })
    socket.once('connect', () => {
      socket.off('error', reject)
      // whatever comes later is nodemailer's to hear; a socket without a listener would end the process
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

/** What nodemailer throws, by its closed codes and the server's reply code (RFC 5321 §4.2.1): the server's own words are not kept. */
function failureOfMail(error: unknown): Outcome & { ok: false } {
  if (!(error instanceof Error)) return failure('internal')
  const { code, responseCode } = error as Error & { code?: string; responseCode?: number }
  const said = responseCode === undefined ? null : `SMTP ${responseCode}`
  if (code === 'EAUTH' || code === 'ENOAUTH') return failure('login', said)
  if (code === 'ETLS' || code === 'EREQUIRETLS') return failure('tls', said ?? code)
  if (responseCode !== undefined) return responseCode >= 500 ? failure('recipient', said) : failure('busy', said)
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return failure('recipient')
  const cause = error.cause instanceof Error ? error.cause : error
  const known = failureOf(cause)
  if (known.code !== 'internal') return known
  if (code === 'ESOCKET') return failure('tls', 'code' in cause ? String(cause.code) : code)
  return code === 'ECONNECTION' || code === 'EPROTOCOL' ? failure('broken', code) : failure('internal', code ?? null)
}

const hostOf = (address: string): string => address.split('@')[1] ?? 'localhost'
