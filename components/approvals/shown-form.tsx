import type { CommandParts as Parts } from '@/lib/boundary/commands/parts'
import type { ShownForm as Form } from '@/lib/decisions/shown'
import { ChangeView } from './change-view'
import { CommandParts } from './command-parts'
import { MailView } from './mail-view'
import { RecordsView } from './records-view'
import { ShownText } from './shown-text'

/** A part of the arguments in the form in which it is decided on. */
export function ShownForm({ of, parts, files }: { of: Form; parts: Parts | null; files: string | null }) {
  switch (of.kind) {
    case 'command':
      return (
        <>
          <div className="codeb cmd" role="region" aria-label="Text of the command" tabIndex={0}>
            <code>
              <ShownText of={of.text} files={files} max={4_000} />
            </code>
          </div>
          {parts && <CommandParts of={parts} />}
        </>
      )
    case 'mail':
      return <MailView of={of} files={files} />
    case 'changes':
      return (
        <>
          {of.changes.map((change, at) => (
            <ChangeView key={at} of={change} files={files} />
          ))}
          {of.more > 0 && (
            <p className="s12">
              <b>
                {of.more.toLocaleString('en')} more {of.more === 1 ? 'change is' : 'changes are'} not shown.
              </b>
            </p>
          )}
        </>
      )
    case 'money':
      return (
        <p className="sum">
          <b>{of.written}</b> <span className="t3 s12 mono">{of.exact}</span>
        </p>
      )
    case 'table':
      return <RecordsView of={of} />
  }
}
