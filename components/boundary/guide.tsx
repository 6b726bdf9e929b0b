const KEYS: readonly (readonly [string, string])[] = [
  ['mcp_scopes', 'Servers, and whether it may read or write there. What is not listed is never.'],
  ['autonomous', 'Tools it may call alone. With “override: reason” also where their class calls for a person.'],
  ['approval_required', 'Tools that ask a person first. A bare name means that tool on any server.'],
  ['never', 'Tools it never calls.'],
  ['when', 'A condition (CEL) over args, agent, run, resource, now. One that fails counts against the agent.'],
  [
    'surfaces',
    'commands: lists of “npm test”, “git diff *” under autonomous, approval_required and never; others ask.',
  ],
  ['limits', 'calls, spend or tokens _per_minute, _per_hour, _per_day; concurrent_runs; run_length.'],
  ['sandbox', 'What code it runs must run in: isolated, network egress = allowlist only.'],
  ['accountable', 'Who answers for spending, production, external, customer, … What is left out falls to the owner.'],
  ['expires', 'A day, or “60 days”. Left out: 90 days after the signature.'],
]
const FLOOR: ReadonlySet<string> = new Set(['approval_required', 'never', 'when', 'limits'])

/** What can be said, beside where it is said. The baseline knows fewer words: it only forbids, holds and limits. */
export function Guide({ baseline }: { baseline: boolean }) {
  return (
    <details className="guide-in">
      <summary>What it can say</summary>
      <dl className="guide">
        {KEYS.filter(([key]) => !baseline || FLOOR.has(key)).map(([key, words]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
