import { paths } from '@/lib/core/paths'
import type { SourceView } from '@/lib/halt/read-sources'
import { ButtonLink } from '../ui/button'
import { Fact, Facts } from '../ui/facts'
import { Time } from '../ui/time'
import { PostButton } from '../people/act-form'
import { Section } from '../shell/page'

/** One source outside: what it may halt, when it last did, what was refused in its name, and what can be done. */
export function SourceCard({ source, url, manages }: { source: SourceView; url: string; manages: boolean }) {
  const { id, name, may, madeBy, madeAt, rotatedAt, usedAt, refused, refusedAt } = source
  return (
    <Section id={id} title={name} aside={usedAt === null ? 'has engaged nothing yet' : undefined}>
      <Facts width="wide">
        <Fact term="May halt">{may.map((each) => each.replace(':', ' ')).join(', ')}</Fact>
        <Fact term="Sends to">
          <code className="any">{`${url}/api/v1/halts?source=${id}`}</code>
        </Fact>
        <Fact term="Last used">{usedAt === null ? 'never' : <Time at={usedAt} show="relative" />}</Fact>
        <Fact term="Refused">
          {refused === 0 ? 'nothing' : `${refused.toLocaleString('en')} with a wrong or an old signature`}
          {refusedAt !== null && (
            <>
              , last <Time at={refusedAt} show="relative" />
            </>
          )}
        </Fact>
        <Fact term="Made">
          <Time at={madeAt} /> by {madeBy}
          {rotatedAt !== null && (
            <>
              , new secret <Time at={rotatedAt} />
            </>
          )}
        </Fact>
      </Facts>
      {manages && (
        <div className="mt-4 flex flex-wrap gap-2">
          <PostButton action={`/api/console/halt-sources/${id}/rotation`}>Make a new secret</PostButton>
          <ButtonLink size="sm" variant="bare" href={paths.haltSources(id)}>
            Revoke…
          </ButtonLink>
        </div>
      )}
    </Section>
  )
}
