/** Why the grant of an action was refused, in words for people; by the closed list of `RECORDED_REFUSALS`. */
export const REFUSAL_WORDS: Readonly<Record<string, string>> = {
  mismatch: 'what was to be run is not what was decided',
  used: 'it had been used',
  expired: 'its seconds were over',
  revoked: 'it was revoked',
  halted: 'a halt was in force',
  replaced: 'another had taken its place',
  not_given: 'nobody had approved it',
  run_ended: 'the run was over',
  unattested: 'no runner had attested the sandbox its boundary asks for',
  foreign: 'another agent asked for it',
}
