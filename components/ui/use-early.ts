import { type RefObject, useEffect } from 'react'

/**
 * Takes over what somebody chose or typed into a form before the page's program ran: the browser shows it, and the state behind the fields knows nothing of
 * it until then. Once, after the first render; a form that could be filled by the browser itself says `autoComplete="off"`.
 */
export function useEarly(form: RefObject<HTMLFormElement | null>, take: (entered: FormData) => void): void {
  useEffect(() => {
    if (form.current) take(new FormData(form.current))
    // once: whatever is entered from then on is heard as it is entered
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])
}
