import { Plus, Upload } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { BoundaryTabs } from '@/components/boundary/boundary-tabs'
import { ActForm } from '@/components/people/act-form'
import { NoticeOf } from '@/components/people/notice'
import { saidTo } from '@/components/people/said'
import { Main, PageHead, Section } from '@/components/shell/page'
import { ClassFields } from '@/components/tools/class-fields'
import { ToolsFilter } from '@/components/tools/tools-filter'
import { ToolsTable } from '@/components/tools/tools-table'
import { Button, ButtonLink } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { Field, TextArea } from '@/components/ui/field'
import { FormErrors } from '@/components/ui/form-errors'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import { can } from '@/lib/people/permission'
import type { Flash } from '@/lib/people/session-flash'
import { said } from '@/lib/people/session-said'
import { signedIn } from '@/lib/people/session-read'
import { toolsView } from '@/lib/tools/contract'
import { listTools } from '@/lib/tools/read'
import { shownTools } from '@/lib/tools/view'

export const metadata: Metadata = { title: 'Tools' }

const BASE = '/api/console/tools'

/** The catalogue: what a tool does is what a person confirmed, so what nobody confirmed comes first. */
export default async function ToolsPage({ searchParams }: { searchParams: Promise<Record<string, unknown>> }) {
  const actor = await signedIn()
  const [tools, flash, asked] = await Promise.all([listTools(db()), said(searchParams), searchParams])
  const may = { add: can(actor, 'tool.register'), confirm: can(actor, 'tool.confirm') }
  const view = toolsView(asked)
  const { changed, waiting, confirmed, counts } = shownTools(tools, view)
  const open = tools.filter(({ confirmedAt }) => confirmedAt === null).length
  const none = changed.length + waiting.length + confirmed.length === 0
  return (
    <Main>
      <PageHead
        crumbs={<Link href={paths.boundaries()}>Boundaries</Link>}
        title={headline(tools.length, open)}
        lead="What a tool does decides what its scope allows: a read and an undoable write run alone, the rest asks a person. It counts once a person says so."
        acts={
          may.add.ok && (
            <>
              <ButtonLink icon={Upload} href={paths.tools({ act: 'list' })}>
                Import from a server…
              </ButtonLink>
              <ButtonLink icon={Upload} href={`${paths.tools()}?act=import`}>
                Import…
              </ButtonLink>
              <ButtonLink icon={Plus} href={`${paths.tools()}?act=register`}>
                Add a tool…
              </ButtonLink>
            </>
          )
        }
      />
      <NoticeOf flash={flash} />
      {may.add.ok && asked.act === 'import' && <ImportForm flash={flash} />}
      {may.add.ok && asked.act === 'list' && <ListForm flash={flash} />}
      {may.add.ok && asked.act === 'register' && <RegisterForm flash={flash} />}
      <BoundaryTabs current="tools" unconfirmed={open} />
      {tools.length === 0 ? (
        <Empty
          kind="never"
          title="No tool is known yet."
          start={may.add.ok ? { href: `${paths.tools()}?act=import`, words: 'Import a catalogue' } : undefined}
        >
          A tool nobody knows asks a person every time it is called. Import a list of your tools, or add them one by
          one.
        </Empty>
      ) : (
        <>
          <ToolsFilter view={view} counts={counts} />
          {none && (
            <Empty
              kind="filtered"
              title="No tool is like that."
              clear={{ href: paths.tools(), words: 'Show all tools' }}
            />
          )}
          {changed.length > 0 && (
            <Section
              id="changed"
              title="Changed"
              aside="every call asks a person until somebody has read what it says now"
            >
              <ToolsTable label="Changed tools" rows={changed} />
            </Section>
          )}
          {waiting.length > 0 && (
            <Section
              id="waiting"
              title="To confirm"
              aside={may.confirm.ok ? 'choose those whose suggestion is right' : may.confirm.reason}
            >
              {may.confirm.ok ? (
                <form method="post" action={`${BASE}/confirmations`} aria-label="Confirm as suggested">
                  <FormErrors errors={saidTo(flash, `${BASE}/confirmations`).errors} />
                  <ToolsTable label="Tools to confirm" rows={waiting} choose />
                  <div className="formend">
                    <Button type="submit">Confirm the chosen as suggested</Button>
                    <span className="t3 s12">In your name. Open a tool to say something else than its suggestion.</span>
                  </div>
                </form>
              ) : (
                <ToolsTable label="Tools to confirm" rows={waiting} />
              )}
            </Section>
          )}
          {(confirmed.length > 0 || (view.show === 'all' && view.q === '')) && (
            <Section id="confirmed" title="Confirmed" aside={`${String(confirmed.length)} of ${String(tools.length)}`}>
              {confirmed.length > 0 ? (
                <ToolsTable label="Confirmed tools" rows={confirmed} />
              ) : (
                <Empty kind="done" title="Nothing is confirmed yet.">
                  Every tool above asks a person, whatever a boundary’s scopes say.
                </Empty>
              )}
            </Section>
          )}
        </>
      )}
    </Main>
  )
}

function headline(all: number, waiting: number): string {
  if (all === 0) return 'Tools'
  const tools = all === 1 ? 'One tool' : `${String(all)} tools`
  if (waiting === 0) return `${tools}, each confirmed by a person.`
  return `${tools}, ${waiting === 1 ? 'one waits' : `${String(waiting)} wait`} for a person to say what they do.`
}

function RegisterForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, BASE)
  return (
    <ActForm
      id="register"
      title="Add a tool"
      action={BASE}
      said={form}
      submit="Add the tool"
      cancel={paths.tools()}
      consequence="What you say it does is a suggestion, until an analyst or a ciso confirms it."
    >
      <Field
        label="Name"
        name="tool"
        required
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        hint="As agents call it: crm.refund_request. Without a server it is a local tool."
        defaultValue={form.value('tool')}
        error={form.error('tool')}
      />
      <TextArea
        label="What it is"
        aside="may be left out"
        name="description"
        rows={2}
        maxLength={2000}
        defaultValue={form.value('description')}
        error={form.error('description')}
      />
      <ClassFields said={form} known={null} />
    </ActForm>
  )
}

function ImportForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, `${BASE}/import`)
  return (
    <ActForm
      id="import"
      title="Import a catalogue"
      action={`${BASE}/import`}
      said={form}
      submit="Add these tools"
      cancel={paths.tools()}
      consequence="One JSON object a line. Tools the catalogue has already stay as they are; classes are suggestions until somebody confirms them."
    >
      <TextArea
        label="Lines"
        name="lines"
        rows={10}
        required
        mono
        wrap="off"
        placeholder={'{"tool": "crm.get_order", "class": {"access": "read"}}'}
        defaultValue={form.value('lines')}
        error={form.error('lines')}
      />
    </ActForm>
  )
}

function ListForm({ flash }: { flash: Flash | undefined }) {
  const form = saidTo(flash, `${BASE}/lists`)
  return (
    <ActForm
      id="list"
      title="Import what a server says of its tools"
      action={`${BASE}/lists`}
      said={form}
      submit="Take this list"
      cancel={paths.tools()}
      consequence="The answer of an MCP server to tools/list. New tools wait for somebody to confirm them; the calls of a tool that changed ask a person from then on. On the command line: npx countersign tools import --mcp URL."
    >
      <Field
        label="Server"
        name="server"
        required
        maxLength={64}
        autoComplete="off"
        spellCheck={false}
        hint="As agents call it: the crm of crm.refund_request."
        defaultValue={form.value('server')}
        error={form.error('server')}
      />
      <TextArea
        label="Its answer"
        name="list"
        rows={10}
        required
        mono
        wrap="off"
        placeholder={'{"tools": [{"name": "get_order", "description": "…", "inputSchema": {"type": "object"}}]}'}
        defaultValue={form.value('list')}
        error={form.error('list')}
      />
    </ActForm>
  )
}
