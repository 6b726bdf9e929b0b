import { NO_DECISION, plainWords, type Message, type Piece } from './message'

/**
 * A message for a Teams workflow that begins "when a Teams webhook request is received": an Adaptive Card 1.4 as the only attachment. All
 * text is in RichTextBlocks, whose runs know no Markdown (TextBlocks and facts do). The only link is ours.
 * @param origin of this console
 */
export function formatTeams(message: Message, origin: string): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            block(message.title.map((piece) => ({ ...run(piece), weight: 'Bolder' }))),
            ...message.lines.map(({ label, words }) =>
              block([{ type: 'TextRun', text: `${label}: `, isSubtle: true }, ...words.map(run)]),
            ),
            block([{ type: 'TextRun', text: NO_DECISION, isSubtle: true, size: 'Small' }]),
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open it in Countersign', url: `${origin}${message.path}` }],
        },
      },
    ],
  }
}

const block = (inlines: object[]) => ({ type: 'RichTextBlock', inlines })

function run(piece: Piece): { type: 'TextRun'; text: string; fontType?: 'Monospace' } {
  return 'ours' in piece
    ? { type: 'TextRun', text: piece.ours }
    : { type: 'TextRun', text: plainWords(piece.theirs), fontType: 'Monospace' }
}
