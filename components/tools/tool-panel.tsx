import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import type { ListedTool } from '@/lib/tools/read'
import { ActForm } from '../people/act-form'
import type { Said } from '../people/said'
import { Said as SaidByMachine } from '../ui/said'
import { ClassFields, SurfaceField } from './class-fields'
import { classWords } from './class-words'

/** One tool: what its server says of it, and what a person says it does. */
export function ToolPanel({ tool, said, may }: { tool: ListedTool; said: Said; may: Permission }) {
  const name = `${tool.server}.${tool.name}`
  const described = (
    <>
      {tool.description !== '' && (
        <SaidByMachine by={`What came with ${name}, in its own words`} text={tool.description} />
      )}
      {tool.schema !== null && (
        <details className="raw gap-above">
          <summary>Schema of its arguments</summary>
          <SaidByMachine by="JSON Schema, as it came" text={JSON.stringify(tool.schema, null, 2)} />
        </details>
      )}
    </>
  )
  if (!may.ok)
    return (
      <section className="act" aria-labelledby="tool-title">
        <h2 id="tool-title">{name}</h2>
        <p>
          It {classWords(tool.class)}. {tool.confirmedAt === null && `Nobody has confirmed that. ${may.reason}`}
        </p>
        {described}
      </section>
    )
  return (
    <ActForm
      id="tool-title"
      title={tool.confirmedAt === null ? `What does ${name} do?` : `Change what ${name} does?`}
      action={`/api/console/tools/${tool.id}/confirmation`}
      said={said}
      submit={`Confirm ${name}`}
      cancel={paths.tools()}
      consequence={
        tool.confirmedAt === null
          ? 'Until a person confirms it, it counts as having no class, and asks a person in any scope. Your name stands beside what you say.'
          : 'What you say counts in every decision from then on, under every boundary.'
      }
    >
      {described}
      <div className="gap-above">
        <input type="hidden" name="digest" value={tool.digest.toString('hex')} />
        <ClassFields said={said} known={tool.class} />
        <SurfaceField said={said} known={tool.surface} />
      </div>
    </ActForm>
  )
}
