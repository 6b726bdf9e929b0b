import type { Metadata } from 'next'
import Link from 'next/link'
import { NotPermitted } from '@/components/people/not-permitted'
import { saidTo } from '@/components/people/said'
import { Main, PageHead } from '@/components/shell/page'
import { StreamFields } from '@/components/streams/stream-fields'
import { STREAM_WORDS } from '@/components/streams/stream-words'
import { Button } from '@/components/ui/button'
import { Option, Options } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { Segment } from '@/components/ui/tabs'
import { paths } from '@/lib/core/paths'
import { streamKind } from '@/lib/notify/contract'
import { STREAM_KINDS } from '@/lib/notify/stream'
import { can } from '@/lib/people/permission'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'

export const metadata: Metadata = { title: 'New stream' }
const MAKE = '/api/console/streams'

/** Makes a stream; `?kind=` chooses how it speaks. */
export default async function NewStreamPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const permission = can(actor, 'stream.manage')
  if (!permission.ok) return <NotPermitted title="New stream" reason={permission.reason} />
  const [query, flash] = await Promise.all([searchParams, said(searchParams)])
  const kind = streamKind.catch('cloudevents').parse(query.kind)
  const form = saidTo(flash, MAKE)
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.streams()}>Streams</Link>}
        title="Make a stream"
        lead={`${STREAM_WORDS[kind].name}: ${STREAM_WORDS[kind].says}`}
      />
      <Segment
        label="How it speaks"
        choices={STREAM_KINDS.map((one) => ({
          href: paths.newStream(one),
          label: STREAM_WORDS[one].name,
          current: one === kind,
        }))}
      />
      <form key={kind} method="post" action={MAKE} className="narrow-form mt-4">
        <FormErrors errors={form.errors} />
        <StreamFields kind={kind} now={null} said={form} />
        <Options legend="Where it begins" name="from" error={form.error('from')}>
          <Option
            type="radio"
            name="from"
            value="now"
            required
            defaultChecked={(form.value('from') ?? 'now') === 'now'}
          >
            With what comes from now on
          </Option>
          <Option
            type="radio"
            name="from"
            value="beginning"
            required
            defaultChecked={form.value('from') === 'beginning'}
          >
            With the first entry of the ledger
          </Option>
        </Options>
        <Button type="submit" variant="pri">
          Make the stream
        </Button>
      </form>
    </Main>
  )
}
