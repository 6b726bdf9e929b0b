import { Box } from 'lucide-react'
import Link from 'next/link'
import type { ReadAttestation } from '@/lib/decisions/read-attestations'
import { durationWords } from '@/lib/boundary/duration'
import { sizeText } from '@/lib/boundary/size'
import { paths } from '@/lib/core/paths'
import { Digest } from '../ui/digest'
import { Fact, Facts } from '../ui/facts'
import { HostileText } from '../ui/hostile-text'
import { Time } from '../ui/time'
import { Step } from '../ui/timeline'

/** The sandboxes a runner signed for, each verified before anything was let through by it. Nothing, where there was none. */
export function StorySandbox({ sandboxes }: { sandboxes: readonly ReadAttestation[] }) {
  return sandboxes.map((each) => (
    <Step key={each.id} icon={Box} title="A sandbox was attested" end={<Time at={each.at} show="clock" />}>
      <p>
        Signed by the runner <HostileText text={each.runner} max={100} />; verified, for this very request, once.
        {each.revoked && ' The runner was revoked since.'}
      </p>
      <Facts>
        <Fact term="Made by">{each.runtime}</Fact>
        <Fact term="Network">{networkOf(each.enforced)}</Fact>
        <Fact term="Files">{FILES[each.enforced.filesystem]}</Fact>
        <Fact term="Credentials">{each.enforced.credentials === 'none' ? 'none' : 'whatever was around it'}</Fact>
        <Fact term="At most">{boundsOf(each.enforced)}</Fact>
        <Fact term="Profile">
          <Digest value={each.profile} />
        </Fact>
      </Facts>
      <p className="under">
        It evidences what the holder of the runner’s key says, not what a machine whose root is hostile did.
        {each.index !== null && (
          <>
            {' '}
            <Link href={paths.entry(each.index)}>The attestation itself</Link>
          </>
        )}
      </p>
    </Step>
  ))
}

const FILES: Record<ReadAttestation['enforced']['filesystem'], string> = {
  any: 'any',
  workspace: 'one folder',
  read_only: 'one folder, read-only',
}

function boundsOf({ time, memory, processes }: ReadAttestation['enforced']): string {
  const said = [
    ...(time === undefined ? [] : [timeWords(time)]),
    ...(memory === undefined ? [] : [`${sizeText(memory)} of memory`]),
    ...(processes === undefined ? [] : [`${processes.toLocaleString('en')} processes and threads`]),
  ]
  return said.join(', ') || 'nothing is said'
}

/** A time of a runner, which may be any number of seconds. */
const timeWords = (ms: number): string =>
  ms % 60_000 === 0 ? durationWords(ms) : `${(ms / 1_000).toLocaleString('en')} seconds`

function networkOf({ egress, hosts }: ReadAttestation['enforced']): string {
  if (egress === 'none') return 'none'
  return egress === 'any' ? 'any' : hosts.join(', ')
}
