import type { ListedRunner } from '@/lib/agents/read-runners'
import type { Said } from '../people/said'
import { Table, Td, Th } from '../table/table'
import { Button } from '../ui/button'
import { Digest } from '../ui/digest'
import { Field, TextArea } from '../ui/field'
import { HostileText } from '../ui/hostile-text'
import { StateWord } from '../ui/state-word'
import { Time } from '../ui/time'

/** The runners of an agent: who may sign for the sandbox its commands run in, and a form to enrol one. */
export function Runners({
  slug,
  rows,
  mayEnrol,
  mayRevoke,
  said,
}: {
  slug: string
  rows: readonly ListedRunner[]
  mayEnrol: boolean
  mayRevoke: boolean
  said: Said
}) {
  return (
    <>
      {rows.length === 0 ? (
        <p className="under">
          None. Where the boundary asks for a sandbox, no command of this agent runs until one is enrolled.
        </p>
      ) : (
        <RunnerTable slug={slug} rows={rows} mayRevoke={mayRevoke} />
      )}
      {mayEnrol && (
        <details className="fold" open={said.value('name') !== undefined}>
          <summary>Enrol a runner</summary>
          <form
            method="post"
            action={`/api/console/agents/${slug}/runners`}
            aria-label="Enrol a runner"
            className="narrow-form"
          >
            <p className="under">
              On the machine that runs its commands: <code>npx countersign exec key FILE</code>. Whoever holds that file
              can say a command runs in a sandbox, so let it be a user the agent is not.
            </p>
            <Field
              label="Which machine or service it is"
              name="name"
              required
              maxLength={100}
              defaultValue={said.value('name') ?? ''}
              error={said.error('name')}
            />
            <TextArea
              label="Its public key"
              aside="one line of JSON, as it was printed"
              name="key"
              rows={2}
              required
              maxLength={1000}
              defaultValue=""
              error={said.error('key')}
            />
            <div className="acts">
              <Button type="submit">Enrol it</Button>
            </div>
          </form>
        </details>
      )}
    </>
  )
}

function RunnerTable({ slug, rows, mayRevoke }: { slug: string; rows: readonly ListedRunner[]; mayRevoke: boolean }) {
  return (
    <Table label="Runners" density={40}>
      <thead>
        <tr>
          <Th>Runner</Th>
          <Th>State</Th>
          <Th>Key</Th>
          <Th>Enrolled</Th>
          <Th>What may be done</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, name, thumbprint, enrolledAt, revokedAt }) => (
          <tr key={id}>
            <th scope="row">
              <HostileText text={name} max={100} />
            </th>
            <Td>{revokedAt === null ? <StateWord state="in_use" word="Believed" /> : <StateWord state="revoked" />}</Td>
            <Td>
              <Digest value={thumbprint} what="the thumbprint" />
            </Td>
            <Td quiet>
              <Time at={enrolledAt} show="relative" />
            </Td>
            <Td>
              {revokedAt === null && mayRevoke && (
                <form method="post" action={`/api/console/agents/${slug}/runners/${id}/revocation`}>
                  <Button type="submit" size="sm">
                    Revoke now
                  </Button>
                </form>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
