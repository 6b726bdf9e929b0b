import type { ReactNode } from 'react'
import type { Comparison } from '@/lib/boundary/read'
import { signingWords } from '@/lib/boundary/signing-words'
import { BASELINE_SLUG } from '@/lib/boundary/subject'
import { digestText } from '@/lib/core/digest-text'
import { paths } from '@/lib/core/paths'
import type { Permission } from '@/lib/people/permission'
import type { SigningRule } from '@/lib/people/read-passkeys'
import type { Said } from '../people/said'
import { Block } from '../shell/page'
import { ButtonLink } from '../ui/button'
import { Digest } from '../ui/digest'
import { Fact, Facts } from '../ui/facts'
import { HostileText } from '../ui/hostile-text'
import { Seat } from '../ui/seat'
import { Tag } from '../ui/tag'
import { Time } from '../ui/time'
import { OverridePanel } from './override-panel'
import { SignForm } from './sign-form'
import { TightenForm } from './tighten-form'

/** Who may do what to this version, and whom to ask where one may not. */
export type SignRights = {
  sign: Permission
  giveBack: Permission
  withdraw: Permission
  tighten: Permission
  override: Permission
  /** the person who looks */ meId: string
  me: string
  /** whether their signature needs a passkey */
  rule: SigningRule
  /** names of those who could sign it */
  signers: readonly string[]
}

/** The column of the signature: whose lines are taken, whose is open, and what is still missing. Never just greyed out. */
export function SignPanel({
  slug,
  of,
  rights,
  said,
}: {
  slug: string
  of: Comparison
  rights: SignRights
  said: Said
}) {
  const { version, history } = of
  return (
    <>
      <h2>{TITLES[version.status](version.version)}</h2>
      <p className="t2">
        {version.status === 'draft' &&
          (slug === 'baseline'
            ? 'A ciso signs in their own name that no agent may go beyond this text.'
            : `A ciso signs in their own name that ${slug} may act within this text.`)}
      </p>
      <Seat
        seat="taken"
        hand="drafted"
        plain
        who={version.drafter}
        at={<Time at={version.draftedAt} show="day" />}
        under="Drafted. A drafter never signs."
      />
      {version.status === 'draft' ? <Open slug={slug} of={of} rights={rights} said={said} /> : <Closed of={of} />}
      {history.length > 0 && (
        <div className="gap-above">
          <Block title="Signed before">
            <Facts width="narrow">
              {history.slice(0, 6).map((each) => (
                <Fact key={each.version} term={<a href={paths.boundary(slug, each.version)}>v{each.version}</a>}>
                  {each.signer}
                  {each.signedAt && (
                    <>
                      , <Time at={each.signedAt} show="day" />
                    </>
                  )}
                  {!each.tightened && (
                    <>
                      {' '}
                      <SignedHow passkey={each.signedWith} />
                    </>
                  )}
                  <br />
                  <Digest value={each.digest} what={`the digest of version ${String(each.version)}`} />
                </Fact>
              ))}
            </Facts>
          </Block>
        </div>
      )}
    </>
  )
}

const TITLES: Record<Comparison['version']['status'], (version: number) => string> = {
  draft: (version) => `Sign version ${String(version)}`,
  signed: (version) => `Version ${String(version)} is signed`,
  returned: (version) => `Version ${String(version)} was sent back`,
  withdrawn: (version) => `Version ${String(version)} was withdrawn`,
}

function Open({
  slug,
  of: { version, before, changes, tightens, widened, watching, override, lapsesAt },
  rights,
  said,
}: {
  slug: string
  of: Comparison
  rights: SignRights
  said: Said
}) {
  const here = paths.boundary(slug, version.version)
  const mine = version.draftedBy === rights.meId
  const waits = widened.length > 0 && watching !== null && override?.agreed == null
  return (
    <>
      {tightens && mine && rights.tighten.ok && (
        <TightenForm slug={slug} version={version.version} digest={digestText(version.digest)} />
      )}
      {tightens && !mine && (
        <p className="t2 s12 gap-above">
          It only narrows what is in force, so {version.drafter} may also put it in force alone.
        </p>
      )}
      {widened.length > 0 && watching !== null && (
        <OverridePanel
          slug={slug}
          version={version.version}
          digest={digestText(version.digest)}
          watching={watching}
          override={override}
          may={rights.override}
          meId={rights.meId}
        />
      )}
      {rights.sign.ok && waits ? (
        <Seat
          seat="closed"
          who={`${rights.me}, ciso`}
          reason="It widens, and the last widening is still being watched. It can be signed once that time is over, or once two people say that it need not wait."
        />
      ) : rights.sign.ok ? (
        <>
          <Seat seat="you" who={`${rights.me}, ciso`} under="One signature puts it in force at once." />
          <SignForm
            slug={slug}
            version={version.version}
            digest={digestText(version.digest)}
            widens={changes.some(({ direction }) => direction === 'wider')}
            widened={widened.map(({ category, words }) => ({ category, words }))}
            words={signingWords({
              name: rights.me,
              slug: slug === BASELINE_SLUG ? null : slug,
              version: version.version,
              changes,
              first: before === null,
              from: null,
              until: lapsesAt.toISOString(),
            })}
            passkey={{ needed: rights.rule.needed, has: rights.rule.has, possible: rights.rule.possible }}
            errors={said.errors}
            statement={said.value('statement') ?? ''}
          />
        </>
      ) : (
        <>
          <Seat seat="closed" who="A ciso who did not draft it" reason={rights.sign.reason} />
          <p className="t2 s12 gap-above">{whomToAsk(rights.signers)}</p>
          <p className="digl">
            <span className="t3">What would be signed</span>{' '}
            <Digest value={digestText(version.digest)} what="the digest" />
          </p>
        </>
      )}
      <div className="acts-col">
        {rights.giveBack.ok && (
          <ButtonLink wide href={`${here}?act=return`}>
            Send back with a reason…
          </ButtonLink>
        )}
        {rights.withdraw.ok && (
          <ButtonLink wide href={`${here}?act=withdraw`}>
            Withdraw it…
          </ButtonLink>
        )}
      </div>
    </>
  )
}

/** How a signature was given, wherever one is shown. */
function SignedHow({ passkey }: { passkey: string | null }) {
  return passkey === null ? <Tag tone="hold">password session</Tag> : <Tag tone="inkc">passkey</Tag>
}

function whomToAsk(signers: readonly string[]): string {
  if (signers.length === 0) return 'Nobody who could sign it has an account. An administrator invites a ciso.'
  return `${signers.slice(0, 3).join(' or ')} can sign it.`
}

function Closed({ of: { version } }: { of: Comparison }): ReactNode {
  if (version.status === 'signed')
    return (
      <>
        <Seat
          seat="taken"
          who={version.signer}
          at={version.signedAt && <Time at={version.signedAt} />}
          under={
            version.statement !== null && (
              <>
                {version.tightenedFrom === null && <SignedHow passkey={version.signedWith} />}{' '}
                {version.tightenedFrom !== null && 'put it in force alone, as it only narrows what a ciso signed: '}
                “<HostileText text={version.statement} />”
              </>
            )
          }
        />
        <p className="digl">
          <span className="t3">Signed was exactly</span>{' '}
          <Digest value={digestText(version.digest)} what="the digest that was signed" />
        </p>
      </>
    )
  return (
    <p className="t2 gap-above">
      {version.closedAt && <Time at={version.closedAt} />}
      {version.closedReason !== null && version.closedReason !== '' && (
        <>
          : “<HostileText text={version.closedReason} />”
        </>
      )}
    </p>
  )
}
