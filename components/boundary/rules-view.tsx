import { Plus } from 'lucide-react'
import type { Change } from '@/lib/boundary/change'
import type { Comparison } from '@/lib/boundary/read'
import { Section } from '../shell/page'
import { Table, Td, Th } from '../table/table'
import { Icon } from '../ui/icon'
import { StateWord } from '../ui/state-word'
import { Tag } from '../ui/tag'
import { keyOf } from './change-list'

/** How a section of the document is said beside what it names. */
const SECTION_WORDS: Readonly<Record<string, string>> = {
  mcp_scopes: 'scope',
  limits: 'limit',
  sandbox: 'sandbox',
  'surfaces.commands': 'commands',
  'surfaces.commands.autonomous': 'command',
  'surfaces.commands.approval_required': 'command',
  'surfaces.commands.never': 'command',
  'surfaces.code': 'files changed',
  'surfaces.code.autonomous': 'file changed',
  'surfaces.code.approval_required': 'file changed',
  'surfaces.code.never': 'file changed',
  'surfaces.data': 'data',
  'surfaces.data.autonomous': 'data',
  'surfaces.data.approval_required': 'data',
  'surfaces.data.never': 'data',
  protected: 'protected',
  accountable: 'accountable',
}

const COUNTED = ['added', 'removed', 'changed'] as const

/** Rule by rule, before and after. What is untouched is not listed. */
export function RulesView({ of: { version, before, changes } }: { of: Comparison }) {
  const count = (kind: (typeof COUNTED)[number]) => changes.filter((change) => kindOf(change) === kind).length
  const counts = COUNTED.map((kind) => `${String(count(kind))} ${kind}`).join(', ')
  // That it only observes is an override of everything: it stands apart, above all of this.
  const overrides = changes.filter(({ override, section }) => override && section !== 'mode')
  return (
    <Section id="rules" title="Rules, before and after" aside={`${counts}; rules untouched are not listed`}>
      <Table label="Rules, before and after">
        <thead>
          <tr>
            <Th>Change</Th>
            <Th>Names</Th>
            <Th>When</Th>
            <Th>{before === null ? 'Before' : `Version ${String(before.version)}`}</Th>
            <Th>Version {version.version}</Th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={keyOf(change)}>
              <Td>
                <KindWord kind={kindOf(change)} />
              </Td>
              <th scope="row">
                <span className="mono">{change.subject}</span>
                {change.when === null && <span className="t3"> {SECTION_WORDS[change.section] ?? ''}</span>}
              </th>
              <Td quiet wrap>
                {change.when === null ? '' : <span className="mono any">{change.when}</span>}
              </Td>
              <Td>{change.before === null ? <span className="t3">nothing</span> : <del>{change.before}</del>}</Td>
              <Td>
                {change.after === null ? <span className="t3">nothing</span> : <b>{change.after}</b>}{' '}
                {change.direction === 'wider' && <Tag tone="hold">wider</Tag>}
              </Td>
            </tr>
          ))}
          {changes.length === 0 && (
            <tr>
              <Td colSpan={5} quiet>
                No rule is added, removed or changed.
              </Td>
            </tr>
          )}
        </tbody>
      </Table>
      {overrides.map(({ subject, said }) => (
        <p className="s12 t3 gap-above" key={subject}>
          The override on <span className="mono">{subject}</span> reads “{said}”. It lets a class run without a person
          that calls for one: that is what is signed.
        </p>
      ))}
    </Section>
  )
}

function kindOf({ before, after }: Change): (typeof COUNTED)[number] {
  return before === null ? 'added' : after === null ? 'removed' : 'changed'
}

function KindWord({ kind }: { kind: (typeof COUNTED)[number] }) {
  switch (kind) {
    case 'added':
      // In ink, never in the colour of an answer: an added *never* must not look like an allow.
      return (
        <span className="st inkc">
          <Icon of={Plus} />
          Added
        </span>
      )
    case 'removed':
      return <StateWord state="retired" word="Removed" />
    case 'changed':
      return <StateWord state="superseded" word="Changed" />
  }
}
