import { Fact, Facts } from './facts'
import { HostileText } from './hostile-text'

type Reasoning = {
  signals?: readonly string[]
  intel?: readonly string[]
  skill?: string
  confidence?: number
}

/** What an agent says it weighed, each a field and none of them checked (C27): only those that were given. */
export function ReasoningFacts({ of: { signals = [], intel = [], skill, confidence } }: { of: Reasoning }) {
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
        <li key={at}>
          <HostileText text={text} max={400} />
        </li>
      ))}
    </ul>
  )
}
