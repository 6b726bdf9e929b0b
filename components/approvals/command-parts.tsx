import type { CommandParts as Parts } from '@/lib/boundary/commands/parts'
import { HostileText } from '../ui/hostile-text'

/** What a command would run, one line each, and what nobody can know before it runs. Said only where there is more than one. */
export function CommandParts({ of: { parts, doubts } }: { of: Parts }) {
  const runs = parts.filter(({ kind }) => kind === 'runs')
  if (runs.length < 2 && doubts.length === 0 && runs.length === parts.length) return null
  return (
    <>
      <p className="s12 t3">It runs {runs.length === 1 ? 'one command' : `${runs.length} commands`}:</p>
      <ol className="s12">
        {runs.map(({ text }, at) => (
          <li className="mono any" key={at}>
            <HostileText text={text} max={200} />
          </li>
        ))}
      </ol>
      {doubts.map(({ text, why }, at) => (
        <p className="s12 t2" key={at}>
          <span className="mono any">
            <HostileText text={text} max={120} />
          </span>
          : {why}.
        </p>
      ))}
    </>
  )
}
