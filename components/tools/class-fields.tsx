import { AUDIENCES, type Audience, type Surface, SURFACES, type ToolClass } from '@/lib/tools/tool'
import type { Said } from '../people/said'
import { Option, Options, Select } from '../ui/field'

const AUDIENCE_WORDS: Record<Audience, string> = {
  internal: 'Stays inside the organisation',
  customer: 'A customer sees it',
  external: 'Leaves the organisation',
}

export const SURFACE_WORDS: Record<Surface, string> = {
  commands: 'Runs commands: a shell',
  code: 'Changes files',
  data: 'Reads files',
}

/** What a tool is a way to, so that the boundary's `surfaces` judge its arguments. */
export function SurfaceField({ said, known }: { said: Said; known: Surface | null }) {
  return (
    <Select
      label="Is it a way to more than its name says?"
      name="surface"
      hint="A boundary’s lists of commands, code and data then judge what is in each call."
      choices={[['', 'No'], ...SURFACES.map((surface) => [surface, SURFACE_WORDS[surface]] as const)]}
      defaultValue={said.value('surface') ?? known ?? ''}
      error={said.error('surface')}
    />
  )
}

/** What a tool does, asked so that nothing is assumed: reading or writing must be said, the rest has the rule's default. */
export function ClassFields({ said, known }: { said: Said; known: ToolClass | null }) {
  const access = said.value('access') ?? known?.access
  const yesNo = (value: boolean | undefined): string => (value === undefined ? '' : value ? 'yes' : 'no')
  const question = (name: 'reversible' | 'production' | 'spends', label: string, unsaid: string) => (
    <Select
      label={label}
      name={name}
      choices={[
        ['', unsaid],
        ['yes', 'Yes'],
        ['no', 'No'],
      ]}
      defaultValue={said.value(name) ?? yesNo(known?.[name])}
      error={said.error(name)}
    />
  )
  return (
    <>
      <Options legend="It" name="access" error={said.error('access')}>
        <Option type="radio" name="access" value="read" required defaultChecked={access === 'read'}>
          Reads
        </Option>
        <Option type="radio" name="access" value="write" required defaultChecked={access === 'write'}>
          Writes, sends, changes or runs something
        </Option>
      </Options>
      <div className="formgrid">
        {question('reversible', 'Can it be undone?', 'Not said: a write cannot')}
        <Select
          label="Who sees what it does?"
          name="audience"
          choices={AUDIENCES.map((audience) => [audience, AUDIENCE_WORDS[audience]] as const)}
          defaultValue={said.value('audience') ?? known?.audience ?? 'internal'}
          error={said.error('audience')}
        />
        {question('production', 'Does it touch production?', 'Not said: no')}
        {question('spends', 'Does it spend money?', 'Not said: no')}
      </div>
    </>
  )
}
