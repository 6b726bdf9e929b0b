import Link from 'next/link'
import { paths } from '@/lib/core/paths'
import { MAY } from '@/lib/trials/may-contract'
import type { MayGrid } from '@/lib/trials/may-grid'
import { RowLink, Table, Td, Th } from '../table/table'
import { Icon } from '../ui/icon'
import { STATES } from '../ui/state-words'
import { StateWord } from '../ui/state-word'
import { MAY_WORDS, STOPPED_WORDS } from './may-words'

/** Agents by tools: icon and colour, each with its word for who does not see them, and a mark where what is not said may change it. */
export function MayGridTable({ grid: { tools, rows }, server }: { grid: MayGrid; server: string }) {
  return (
    <>
      <p className="may-key">
        {MAY.map((may) => (
          <StateWord key={may} {...MAY_WORDS[may]} />
        ))}
        <span className="t3">* may differ with what is not said</span>
      </p>
      <Table label={`What agents may do with the tools of ${server}`}>
        <thead>
          <tr>
            <Th>Agent</Th>
            <Th>Boundary</Th>
            {tools.map((tool) => (
              <Th key={tool}>
                <Link className="mono" href={paths.whoMay({ tool })}>
                  {tool.slice(server.length + 1)}
                </Link>
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ agent, version, stopped, cells }) => (
            <tr key={agent.id}>
              <RowLink href={paths.whatMay(agent.slug, { type: server })}>{agent.slug}</RowLink>
              <Td quiet>
                {version === null ? 'none signed' : <Link href={paths.boundary(agent.slug, version)}>v{version}</Link>}
                {stopped !== null && (
                  <>
                    {' '}
                    <StateWord {...STOPPED_WORDS[stopped]} />
                  </>
                )}
              </Td>
              {cells.map(({ may, differs }, i) => {
                const { state, word } = MAY_WORDS[may]
                return (
                  <Td key={tools[i]}>
                    <span className={`st ${STATES[state].tone}`} title={word}>
                      <Icon of={STATES[state].icon} />
                      <span className="vh">{word}</span>
                      {differs && (
                        <>
                          <span aria-hidden>*</span>
                          <span className="vh">, may differ with what is not said</span>
                        </>
                      )}
                    </span>
                  </Td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  )
}
