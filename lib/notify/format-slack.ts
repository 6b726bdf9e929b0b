import { cutTo, NO_DECISION, plainLine, plainWords, type Message, type Piece } from './message'

/**
 * A message for a Slack incoming webhook (Block Kit). Sections are mrkdwn with `verbatim`, so that nothing is made a link or a mention by
 * itself; somebody else's words stand in code spans, where no formatting is read, with `&`, `<` and `>` escaped. The only link is ours.
 * @param origin of this console
 */
export function formatSlack(message: Message, origin: string): object {
  const title = message.title.map(piece).join('')
  const lines = message.lines.map(({ label, words }) => `*${escapeSlack(label)}:* ${words.map(piece).join('')}`)
  return {
    // what a notification of the client shows; it is read as mrkdwn too
    text: escapeSlack(cutTo(plainLine(message.title), 300)).replaceAll(/[*_~`]/g, ' '),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      section([`*${SIGN[message.severity]}* ${title}`, ...lines].join('\n')),
      section(`<${origin}${message.path}|Open it in Countersign>`),
      { type: 'context', elements: [{ type: 'plain_text', text: NO_DECISION, emoji: false }] },
    ],
  }
}

const SIGN = { notice: 'Notice ·', warning: 'Waiting ·', critical: 'Urgent ·' } as const

// a text object holds at most 3000 characters, and ours a few hundred: nothing is ever cut inside of an escape
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', verbatim: true, text } })

function piece(one: Piece): string {
  if ('ours' in one) return escapeSlack(one.ours)
  const words = plainWords(one.theirs).replaceAll('`', '\u02cb')
  return words === '' ? '' : `\`${escapeSlack(words)}\``
}

/** Slack's three control characters (docs.slack.dev, "Escaping text"). */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
