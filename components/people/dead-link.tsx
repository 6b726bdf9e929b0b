import { paths } from '@/lib/core/paths'

/** A one-time link that no longer works, with what to do about it. */
export function DeadLink({ children }: { children: string }) {
  return (
    <>
      <h1>This link no longer works</h1>
      <p className="t2">It was used, it ran out, or a newer one took its place. {children}</p>
      <p className="oc">
        <a href={paths.login()}>Go to the sign-in page</a>
      </p>
    </>
  )
}
