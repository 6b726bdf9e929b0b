import { cutTo, NO_DECISION, plainLine, type Message } from './message'
import { MOST_THINGS } from './notification'

/** A mail as it is handed to the mail server: plain text alone, which nothing in it can turn into markup. */
export type Mail = {
  subject: string
  text: string
  headers: Record<string, string>
  messageId: string
  references?: string
}

/** @param digest how many messages it stands for are gathered in it: then it is a digest */
export type MailContext = {
  /** the id of the first message in it: the same for every try, so that a mail server can know a repeat */
  id: string
  thread: string
  origin: string
  organisation: string
  digest: 'hourly' | 'daily' | null
}

/** One mail of one message, or of several as a digest. Pure. */
export function formatMail(
  messages: readonly Message[],
  { id, thread, origin, organisation, digest }: MailContext,
): Mail {
  const host = new URL(origin).hostname
  const [first] = messages
  const title = first === undefined ? '' : plainLine(first.title)
  const shown = messages.slice(0, MOST_THINGS)
  const left = messages.length - shown.length
  const heading =
    digest === null
      ? title
      : `${messages.length} ${messages.length === 1 ? 'thing' : 'things'} of the last ${digest === 'hourly' ? 'hour' : 'day'}`
  const text = [
    ...shown.map((message) => paragraph(message, origin)),
    ...(left > 0 ? [`And ${left} more: ${origin}/settings/notifications`] : []),
    `--\n${NO_DECISION}\nWhat you hear of: ${origin}/settings/notifications`,
  ].join('\n\n')
  return {
    // RFC 5322 §2.2: a header has no line ends; cut so that it needs few folds
    subject: cutTo(oneLine(`[${oneLine(organisation)}] ${heading}`), 160),
    text,
    messageId: `<${id}@${host}>`,
    ...(digest === null && { references: `<${thread.replaceAll(':', '.')}@${host}>` }),
    // RFC 3834 §5: so that nobody's absence notice answers
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  }
}

function paragraph({ title, lines, path }: Message, origin: string): string {
  return [
    oneLine(plainLine(title)),
    ...lines.map(({ label, words }) => `${label}: ${oneLine(plainLine(words))}`),
    `Open it: ${origin}${path}`,
  ].join('\n')
}

/** What stands in one line, whatever was in it. */
const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/gu, ' ').trim()
