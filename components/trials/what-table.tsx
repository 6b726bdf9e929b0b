import { paths } from '@/lib/core/paths'
import type { MayValues } from '@/lib/trials/may-contract'
import type { ToolMay } from '@/lib/trials/what-may'
import { RowLink, Table, Th } from '../table/table'
import { MayCells } from './may-cells'

const KNOWN = { confirmed: '', unconfirmed: 'nobody has confirmed it', unknown: 'not in the catalogue' } as const

/** What one agent may do, tool by tool; each tool leads to the same question of every agent. */
export function WhatTable({ slug, rows, values }: { slug: string; rows: readonly ToolMay[]; values: MayValues }) {
  const { type, id, args, of, as } = values
  return (
    <Table label="Tools, and what would happen" density={40}>
      <thead>
        <tr>
          <Th>Tool</Th>
          <Th>What would happen</Th>
          <Th>Because</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ tool, known, ...answer }) => (
          <tr key={tool}>
            <RowLink mono href={paths.whoMay({ tool, type, id, args, of, as })} aside={KNOWN[known]}>
              {tool}
            </RowLink>
            <MayCells slug={slug} answer={answer} />
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
