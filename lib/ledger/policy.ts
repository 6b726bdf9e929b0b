/** A witness as an offline verifier is told of it. */
export interface PolicyWitness {
  vkey: string
  url?: string | null
}

/**
 * A trust policy for offline verifiers (C2SP tlog-policy): the log's keys, its witnesses, and that any one of them suffices;
 * `quorum none` where there are none. A line names a key that was the log's earlier as well, since old checkpoints carry it.
 */
export function tlogPolicy(
  log: { vkeys: readonly string[]; url: string | null },
  witnesses: readonly PolicyWitness[],
): string {
  const at = (url: string | null | undefined) => (url ? ` ${url}` : '')
  const names = witnesses.map((_, i) => `w${i + 1}`)
  return [
    ...log.vkeys.map((vkey) => `log ${vkey}${at(log.url)}`),
    ...witnesses.map(({ vkey, url }, i) => `witness ${names[i]} ${vkey}${at(url)}`),
    ...(names.length > 1 ? [`group witnesses any ${names.join(' ')}`] : []),
    `quorum ${names.length === 0 ? 'none' : names.length === 1 ? 'w1' : 'witnesses'}`,
    '',
  ].join('\n')
}
