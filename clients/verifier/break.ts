/** Everything that can be wrong with a bundle, each with the sentence that says it. Closed: the code is the contract. */
export const BREAKS = {
  // the file
  not_a_bundle: 'it is no evidence bundle',
  cut_short: 'it is cut short: its end is missing',
  trailing_bytes: 'something was added behind its end, before its beginning or between its files',
  compressed: 'a file in it is compressed or encrypted; a bundle never is, so that what is read is what is there',
  oversized: 'a file in it is larger than any file of a bundle may be',
  unsafe_name: 'a file in it has a name that leads elsewhere',
  duplicate_file: 'two files in it have the same name',
  foreign_file: 'it holds a file that belongs to no bundle',
  missing_file: 'a file is missing',
  reordered: 'its files are not in their order',
  damaged: 'a file was changed: its checksum does not match',
  // what it says of itself
  unreadable: 'a file in it cannot be read as what it should be',
  unsealed: 'its seal is not the signature of a key it names',
  manifest_differs: 'a file is not the one its sealed manifest lists',
  foreign_key: 'a signature is by a key that is not trusted here',
  bad_signature: 'a signature does not hold',
  retired_key: 'a checkpoint is signed by a key that another had replaced by then',
  key_not_handed_over: 'a later key was not handed over by the key before it',
  // the log
  checkpoint_differs: 'a signed checkpoint says otherwise about the entries up to it',
  not_consistent: 'a checkpoint is not the beginning of the next one: the log was rewritten or forked',
  not_included: 'an entry is not in the log at the place it claims',
  not_an_entry: 'a line is not an entry',
  entry_missing: 'an entry of the range is missing, or there is one too many',
  entry_twice: 'an entry is there twice',
  period_not_covered: 'the range does not reach around the period it is said to cover',
  entry_withheld: 'an entry that the bundle is about is withheld',
  // what belongs to the entries
  opening_differs: 'a payload is not the one its entry commits to',
  opening_without_entry: 'a payload belongs to no entry here',
  boundary_differs: 'a boundary is not the text its digest was made of',
  assertion_differs: 'a signature by passkey is not over what its entry says',
  assertion_broken: 'a signature by passkey does not hold',
  boundary_unsigned: 'a decision names a boundary that nobody had signed by then',
  boundary_missing: 'a decision names a boundary that is not here',
  people_differ: 'the table of people does not follow from the entries it names',
  sample_differs: 'the sample is not the one its seed draws',
  query_differs: 'what the ledger recorded of this export is not what the bundle says of itself',
  allowed_while_halted: 'an action was allowed while a halt of everything was in force',
  seat_taken_twice: 'one person fills two seats of one approval',
} as const
export type BreakCode = keyof typeof BREAKS

/** The first thing found to be wrong: verification ends there. */
export class Break extends Error {
  readonly code: BreakCode
  /** the file in the bundle */
  readonly file: string | null
  /** the place in the log */
  readonly index: number | null

  constructor(code: BreakCode, at: { file?: string | null; index?: number | null; detail?: string } = {}) {
    const where = [
      at.file,
      at.index === undefined || at.index === null ? null : `entry #${String(at.index)}`,
      at.detail,
    ]
    const said = where.filter((part) => part !== null && part !== undefined).join(', ')
    super(said === '' ? BREAKS[code] : `${BREAKS[code]} (${said})`)
    this.name = 'Break'
    this.code = code
    this.file = at.file ?? null
    this.index = at.index ?? null
  }
}
