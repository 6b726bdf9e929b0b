import type { ShownCell, ShownTable } from '@/lib/decisions/shown-forms'
import { Table, Td, Th } from '../table/table'
import { HostileText } from '../ui/hostile-text'

/** A list of records as a table. Names and cells are an agent's own. */
export function RecordsView({ of }: { of: ShownTable }) {
  const left = of.total - of.rows.length
  return (
    <div className="records">
      <p className="s12 t3">
        <HostileText text={of.name} max={120} />: {of.total.toLocaleString('en')}{' '}
        {of.total === 1 ? 'record' : 'records'}
      </p>
      <Table label="Records it would send" density={28}>
        <thead>
          <tr>
            <Th num>No.</Th>
            {of.columns.map((column) => (
              <Th key={column}>
                <HostileText text={column} />
              </Th>
            ))}
          </tr>
        </thead>
        <tbody>
          {of.rows.map((row, at) => (
            <tr key={at}>
              <Td num quiet>
                {at + 1}
              </Td>
              {row.map((cell, column) => (
                <Td key={column} wrap>
                  <Cell of={cell} />
                </Td>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
      {left > 0 && (
        <p className="s12">
          <b>
            {left.toLocaleString('en')} more {left === 1 ? 'record is' : 'records are'} not shown.
          </b>{' '}
          All of them are in the exact bytes below.
        </p>
      )}
    </div>
  )
}

function Cell({ of: cell }: { of: ShownCell }) {
  if (cell.kind === 'absent') return <span className="t3">—</span>
  if (cell.kind === 'plain') return <span className="mono">{cell.text}</span>
  if (cell.text === '') return <span className="t3">empty text</span>
  return (
    <>
      <HostileText text={cell.text} />
      {cell.over > 0 && <b> … {cell.over.toLocaleString('en')} more characters</b>}
    </>
  )
}
