/** Why an action waits, in the two or three words a list has room for. The sentence is the rule's own. */
const WORDS: Readonly<Record<string, string>> = {
  approval_required: 'asks first',
  irreversible: 'irreversible',
  customer_facing: 'customer-facing',
  external: 'leaves the organisation',
  production: 'production',
  spends_money: 'spends money',
  unclassified_tool: 'unclassified tool',
  untrusted_content: 'untrusted content',
  limit_reached: 'limit reached',
}

/** A reason code for a list; one we have no words for is said as it is. */
export const reasonWords = (code: string): string => WORDS[code] ?? code.replaceAll('_', ' ')
