import type { ShownMail } from '@/lib/decisions/shown-forms'
import type { ShownText as Text } from '@/lib/decisions/shown-text'
import { ShownText } from './shown-text'

/** A message as plain text: to whom first, because that is what cannot be taken back. */
export function MailView({ of, files }: { of: ShownMail; files: string | null }) {
  return (
    <div className="mail">
      <dl>
        {of.from && <Line term="From" of={[of.from]} total={1} files={files} />}
        <Line term="To" of={of.to} total={of.toTotal} files={files} />
        <Line term="Cc" of={of.cc} total={of.ccTotal} files={files} />
        <Line term="Bcc" of={of.bcc} total={of.bccTotal} files={files} />
        {of.subject && <Line term="Subject" of={[of.subject]} total={1} files={files} />}
        <Line term="Attached" of={of.attachments} total={of.attachmentsTotal} files={files} />
      </dl>
      {of.html && <p className="s12 t3">It is sent as markup. This is its source; nothing in it was loaded or run.</p>}
      <div className="words any" role="region" aria-label="Text of the message" tabIndex={0}>
        <ShownText of={of.body} files={files} max={12_000} />
      </div>
    </div>
  )
}

function Line({ term, of, total, files }: { term: string; of: readonly Text[]; total: number; files: string | null }) {
  if (total === 0) return null
  return (
    <>
      <dt>{term}</dt>
      <dd className="any">
        {total > 1 && <b>{total.toLocaleString('en')}: </b>}
        {of.map((one, at) => (
          <span key={at}>
            {at > 0 && ', '}
            <ShownText of={one} files={files} max={400} />
          </span>
        ))}
        {total > of.length && `, and ${(total - of.length).toLocaleString('en')} more that are not shown`}
      </dd>
    </>
  )
}
