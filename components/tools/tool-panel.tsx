import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import type { ListedTool } from '@/lib/tools/read'
import { ActForm } from '../people/act-form'
import type { Said } from '../people/said'
import { ClassFields, SurfaceField } from './class-fields'
import { classWords } from './class-words'

/** What a person says a tool does: the form to say so in one's own name, or why somebody else has to. */
export function ToolPanel({ tool, said, may }: { tool: ListedTool; said: Said; may: Permission }) {
  const name = `${tool.server}.${tool.name}`
  if (!may.ok)
    return (
      <section className="act" aria-labelledby="tool-title">
        <h2 id="tool-title">{name}</h2>
        <p>
          It {classWords(tool.class)}. {tool.confirmedAt === null && `Nobody has confirmed that. ${may.reason}`}
        </p>
      </section>
    )
  return (
    <ActForm
      id="tool-title"
      title={tool.confirmedAt === null ? `What does ${name} do?` : `Change what ${name} does?`}
      action={`/api/console/tools/${tool.id}/confirmation`}
      said={said}
      submit={tool.changedAt === null ? `Confirm ${name}` : `I have read it: confirm ${name} as it is now`}
      cancel={paths.tools()}
      consequence={
        tool.changedAt !== null
          ? 'Every call of it asks a person until somebody has read what its server says now. Your name stands beside what you say.'
          : tool.confirmedAt === null
            ? 'Until a person confirms it, it counts as having no class, and asks a person in any scope. Your name stands beside what you say.'
            : 'What you say counts in every decision from then on, under every boundary.'
      }
    >
      <div className="gap-above">
        <input type="hidden" name="digest" value={tool.digest.toString('hex')} />
        <ClassFields said={said} known={tool.class} />
        <SurfaceField said={said} known={tool.surface} />
      </div>
    </ActForm>
  )
}
