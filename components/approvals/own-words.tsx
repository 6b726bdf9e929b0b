import type { Reasoning } from '@/lib/runs/contract'
import { Section } from '../shell/page'
import { Fact, Facts } from '../ui/facts'
import { HostileText } from '../ui/hostile-text'
import { Said } from '../ui/said'

/** Why, as the agent tells it: its account, and the signals, intel, skill and confidence it names, each a field (C27). */
export function OwnWords({ agent, reasoning }: { agent: string; reasoning: Reasoning | null }) {
  return (
    <Section id="own" title="Why, in the agent’s own words" aside="not checked by anyone">
      {reasoning === null ? (
        <p className="t2">It gave no reasons.</p>
      ) : (
        <Said own by={agent} text={reasoning.summary ?? 'no summary given'} after={<ReasoningFacts of={reasoning} />} />
      )}
    </Section>
  )
}

/** The fields of a reasoning beside its summary; only those that were given. */
export function ReasoningFacts({ of: reasoning }: { of: Reasoning }) {
  const { signals = [], intel = [], skill, confidence } = reasoning
  if (signals.length === 0 && intel.length === 0 && skill === undefined && confidence === undefined) return null
  return (
    <div className="rsn">
      <Facts width="narrow">
        {confidence !== undefined && <Fact term="Confidence">{confidence} by its own account</Fact>}
        {skill !== undefined && (
          <Fact term="Skill">
            <span className="mono">
              <HostileText text={skill} max={120} />
            </span>
          </Fact>
        )}
        {signals.length > 0 && (
          <Fact term="Signals">
            <Lines of={signals} />
          </Fact>
        )}
        {intel.length > 0 && (
          <Fact term="Intel">
            <Lines of={intel} />
          </Fact>
        )}
      </Facts>
    </div>
  )
}

function Lines({ of: texts }: { of: readonly string[] }) {
  return (
    <ul>
      {texts.map((text, at) => (
        // eslint-disable-next-line react/no-array-index-key -- a line is its place in what the agent sent
        <li key={at}>
          <HostileText text={text} max={400} />
        </li>
      ))}
    </ul>
  )
}
