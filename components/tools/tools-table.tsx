import Link from 'next/link'
import { publicId } from '@/lib/core/ids'
import { paths } from '@/lib/core/paths'
import type { ListedTool } from '@/lib/tools/read'
import { RowLink, Table, Td, Th } from '../table/table'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'
import { answerOfClass, classWords, SOURCE_WORDS } from './class-words'

const toolHref = (id: string): string => paths.tool(publicId('tool', id))

/** The catalogue. `choose`: rows can be ticked, to confirm several as suggested. */
export function ToolsTable({ label, rows, choose }: { label: string; rows: readonly ListedTool[]; choose?: boolean }) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          {choose && (
            <Th>
              <span className="vh">Choose</span>
            </Th>
          )}
          <Th>Tool</Th>
          <Th>What it does</Th>
          <Th>In its scope</Th>
          <Th>Arguments</Th>
          <Th>{choose ? 'Suggested by' : 'Confirmed by'}</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((tool) => (
          <tr key={tool.id}>
            {choose && (
              <Td>
                {tool.class !== null && tool.changedAt === null && (
                  <input
                    type="checkbox"
                    name="id"
                    value={`${tool.id}~${tool.digest.toString('hex')}`}
                    aria-label={`Choose ${tool.server}.${tool.name}`}
                  />
                )}
              </Td>
            )}
            <RowLink mono href={toolHref(tool.id)}>
              {tool.server}.{tool.name}
            </RowLink>
            <Td quiet={tool.class === null}>{classWords(tool.class)}</Td>
            <Td>
              {tool.confirmedAt === null ? (
                <StateWord state="hold" word={tool.changedAt === null ? 'Asks a person' : 'Changed: asks a person'} />
              ) : (
                <StateWord
                  state={answerOfClass(tool.class)}
                  word={answerOfClass(tool.class) === 'allow' ? 'Autonomous' : 'Asks a person'}
                />
              )}
            </Td>
            <Td quiet>{tool.schema === null ? 'not checked' : 'checked by schema'}</Td>
            <Td quiet>
              {tool.confirmedAt === null || tool.confirmedBy === null ? (
                SOURCE_WORDS[tool.source]
              ) : (
                <>
                  <Link className="q" href={paths.person(publicId('person', tool.confirmedBy.id))}>
                    {tool.confirmedBy.name}
                  </Link>
                  , <Time at={tool.confirmedAt} show="day" />
                </>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
