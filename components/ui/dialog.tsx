'use client'

import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react'

/**
 * A question before an act that cannot be taken back. Native `<dialog>`: the browser keeps the focus inside, closes on Esc and
 * returns the focus to where it was.
 * @param first where the focus starts: on the act to engage a halt, on Cancel to lift one
 */
export function Dialog({
  open,
  onClose,
  title,
  children,
  cancel,
  act,
  first,
}: {
  open: boolean
  onClose: () => void
  /** A question with its scope and count: "Halt 14 agents of security operations?" */
  title: string
  children: ReactNode
  /** A button that closes, and the button that acts and repeats the title's words. */
  cancel: ReactNode
  act: ReactNode
  first: 'act' | 'cancel'
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    if (open && dialog.current?.open === false) showOn(dialog, first)
    if (!open) dialog.current?.close()
  }, [open, first])
  return (
    <dialog
      className="dlg"
      role="alertdialog"
      aria-labelledby={`${id}t`}
      aria-describedby={`${id}b`}
      ref={dialog}
      onClose={onClose}
    >
      <h2 id={`${id}t`}>{title}</h2>
      <div className="body" id={`${id}b`}>
        {children}
      </div>
      <div className="acts">
        <span data-place="cancel">{cancel}</span>
        <span data-place="act">{act}</span>
      </div>
    </dialog>
  )
}

function showOn(dialog: RefObject<HTMLDialogElement | null>, place: 'act' | 'cancel'): void {
  dialog.current?.showModal()
  dialog.current?.querySelector<HTMLElement>(`[data-place='${place}'] button`)?.focus()
}
