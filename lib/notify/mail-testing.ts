import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A mail as a real server got it: the envelope, and the message as it came over the wire. */
export type GotMail = { from: string; to: string[]; raw: string; secure: boolean; user: string | null }

export type MailOptions = {
  /** from the first byte; without it STARTTLS is offered where there is a certificate */
  implicit?: { key: string; cert: string }
  starttls?: { key: string; cert: string }
  password?: string
  /** answers each mail: an SMTP code to refuse with, or nothing to take it */
  refuse?: (got: GotMail) => number | undefined
  /** answers each recipient */
  refuseRecipient?: (address: string) => number | undefined
  port?: number
}

/** A real SMTP server (the library `smtp-server`) on a port of this machine. For tests. */
export async function mailServerForTests(options: MailOptions = {}) {
  const got: GotMail[] = []
  const mailbox = { got, options, port: 0, stop: async () => {} }
  const refusal = (code: number) => Object.assign(new Error('refused by the test'), { responseCode: code })
  const tls = options.implicit ?? options.starttls
  const server = new SMTPServer({
    secure: options.implicit !== undefined,
    ...tls,
    disabledCommands: tls === undefined ? ['STARTTLS'] : [],
    authOptional: options.password === undefined,
    allowInsecureAuth: true,
    logger: false,
    onAuth: (auth, _session, callback) => {
      if (auth.password === mailbox.options.password) callback(null, { user: auth.username ?? '' })
      else callback(refusal(535))
    },
    onRcptTo: (address, _session, callback) => {
      const code = mailbox.options.refuseRecipient?.(address.address)
      callback(code === undefined ? null : refusal(code))
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const mail: GotMail = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : null,
        }
        const code = mailbox.options.refuse?.(mail)
        if (code === undefined) got.push(mail)
        callback(code === undefined ? null : refusal(code))
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) =>
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      resolve()
    }),
  )
  mailbox.port = (server.server.address() as AddressInfo).port
  mailbox.stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
    })
  return mailbox
}

/** A header of a mail, unfolded and decoded where it is one encoded word or several (RFC 2047). */
export function headerOf(raw: string, name: string): string | undefined {
  const head = raw.split('\r\n\r\n', 1)[0] ?? ''
  const line = head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`))
  return line
    ?.slice(name.length + 1)
    .trim()
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : decodeQuoted(text.replaceAll('_', ' ')),
    )
}

/** The text of a mail, decoded. */
export function textOf(raw: string): string {
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4)
  const how = headerOf(raw, 'content-transfer-encoding')
  if (how === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return how === 'quoted-printable' ? decodeQuoted(body.replaceAll('=\r\n', '')) : body
}

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
