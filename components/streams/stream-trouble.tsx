import { SKIPPABLE } from '@/lib/notify/failure'
import type { StreamView } from '@/lib/notify/read'
import { PostButton } from '../people/act-form'
import { ButtonLink } from '../ui/button'
import { RegionError } from '../ui/region-error'
import { Time } from '../ui/time'

/** What is wrong with a stream in words, what to do, and the acts that help. */
export function StreamTrouble({
  stream,
  self,
  api,
  manages,
}: {
  stream: StreamView
  self: string
  api: string
  manages: boolean
}) {
  const { error } = stream
  if (error === null) {
    if (!stream.lagging) return null
    return (
      <RegionError tone="hold" title="It is behind.">
        It delivers, but more slowly than entries come. The receiver may be slow; sending up to 100 events in a request
        helps.
      </RegionError>
    )
  }
  const failing = stream.state === 'failing'
  return (
    <RegionError
      tone={failing ? undefined : 'hold'}
      title={error.says}
      act={
        manages && failing ? (
          <>
            <PostButton action={`${api}/attempt`}>Try now</PostButton>
            {error.index !== null && SKIPPABLE.includes(error.code) && (
              <ButtonLink size="sm" variant="neg" href={`${self}?act=skip#act`}>
                Skip entry #{error.index}…
              </ButtonLink>
            )}
          </>
        ) : undefined
      }
    >
      {error.todo} {error.detail !== null && <>The last try said: {error.detail}. </>}
      {error.index !== null && (
        <>It stands before entry #{error.index}. Nothing after it is sent, and nothing is lost. </>
      )}
      {stream.stopped ? (
        <>It is not tried again until somebody acts.</>
      ) : (
        <>
          Tried {stream.attempts} {stream.attempts === 1 ? 'time' : 'times'}, last{' '}
          <Time at={error.at} show="relative" />
          {stream.nextTryAt !== null && (
            <>
              , next <Time at={stream.nextTryAt} show="relative" />
            </>
          )}
          .
        </>
      )}
    </RegionError>
  )
}
