import { newId } from '@/lib/core/ids'
import { ledger } from '@/lib/ledger/handle'
import type { Sql } from '@/lib/ledger/sql'
import type { SmtpSettings } from './channel'
import { openSecret } from './secret'
import { insertChannel, smtpRow, type ChannelRow } from './store-channel'

type Env = Readonly<Record<string, string | undefined>>

/** How mail leaves now. `channelId` is the channel its deliveries are counted on. */
export type MailServer = { channelId: string; settings: SmtpSettings; password: string | null }

/**
 * How mail leaves by the environment: `SMTP_URL` and `MAIL_FROM`. `smtps://` is TLS from the first byte, `smtp://` asks for STARTTLS and
 * sends nothing without it; `smtp://…?tls=none` sends in plain, to addresses of one's own network alone. Null where `SMTP_URL` is not set.
 * @throws Error saying which variable is wrong, without its value: it holds a password
 */
export function smtpOfEnvironment(env: Env): { settings: SmtpSettings; password: string | null } | null {
  const text = env.SMTP_URL ?? ''
  if (text === '') return null
  const wrong = new Error('SMTP_URL is not an address like smtps://user:password@mail.example.com:465.')
  if (!URL.canParse(text)) throw wrong
  const url = new URL(text)
  const implicit = url.protocol === 'smtps:'
  const plain = url.searchParams.get('tls') === 'none'
  if ((!implicit && url.protocol !== 'smtp:') || url.hostname === '' || (implicit && plain)) throw wrong
  const from = env.MAIL_FROM ?? ''
  if (!isAddress(from)) throw new Error('MAIL_FROM is not an address like countersign@example.com.')
  const port = url.port === '' ? (implicit ? 465 : plain ? 25 : 587) : Number(url.port)
  return {
    settings: {
      ...{
        host: url.hostname.replaceAll(/^\[|\]$/g, ''),
        port,
        tls: implicit ? 'implicit' : plain ? 'none' : 'starttls',
      },
      // whoever sets the environment of the server may let it send to the network it stands in
      ...{
        user: url.username === '' ? null : decodeURIComponent(url.username),
        from,
        private: true,
        ca: null,
        environment: true,
      },
    },
    password: url.password === '' ? null : decodeURIComponent(url.password),
  }
}

/** One address and nothing else: no name, no list, no line end (RFC 5321 §4.1.2, its plain form). */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)
}

/** How mail leaves: by the environment, else as an administrator said; null where nobody did. */
export async function mailServer(sql: Sql, env: Env = process.env): Promise<MailServer | null> {
  const given = smtpOfEnvironment(env)
  const row = await smtpRow(sql)
  if (row === null) return null
  if (given !== null) return { channelId: row.id, ...given }
  if (isOfEnvironment(row)) return null
  const settings = row.settings as SmtpSettings
  const password = row.secret === null ? null : (openSecret(row.id, row.secret, ledger().keys.payload)?.current ?? null)
  return { channelId: row.id, settings, password }
}

/** Whether a row only stands for what the environment said once. */
export function isOfEnvironment({ settings }: Pick<ChannelRow, 'settings'>): boolean {
  return 'environment' in settings && settings.environment === true
}

/** Makes the row that failures and successes of the environment's mail server are counted on. At the start of every server. */
export async function noteEnvironment(sql: Sql, env: Env = process.env): Promise<void> {
  const given = smtpOfEnvironment(env)
  if (given === null || (await smtpRow(sql)) !== null) return
  await insertChannel(sql, {
    ...{ id: newId(), kind: 'smtp', name: 'E-mail', settings: given.settings, secret: null, teamId: null, kinds: [] },
    ...{ severity: 'warning', createdBy: null, at: new Date() },
  })
}
