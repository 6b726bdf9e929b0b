'use client'

import { useEffect, useRef } from 'react'
import { Button } from '../ui/button'
import { Kbd } from '../ui/kbd'
import { paths } from '@/lib/core/paths'
import Link from 'next/link'

const LINES: readonly [keys: readonly string[], does: string][] = [
  [['j', 'k'], 'the next request in the list, the one before'],
  [['Enter'], 'opens it'],
  [['a', 'd'], 'the form, at approve or at reject; nothing is chosen or sent'],
  [['e'], '“I take it”, or gives it back'],
  [['?'], 'this help'],
]

/** What each key of the inbox does; opened by one of them. */
export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal()
    if (!open) dialog.current?.close()
  }, [open])
  return (
    <dialog className="dlg" aria-labelledby="keys-help" ref={dialog} onClose={onClose}>
      <h2 id="keys-help">Keys of the inbox</h2>
      <dl className="body keys-list">
        {LINES.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd>Ctrl</Kbd> or <Kbd>⌘</Kbd> <Kbd>Enter</Kbd>
          </dt>
          <dd>in the form: sends the verdict that was chosen</dd>
        </div>
      </dl>
      <p className="t3 s12">
        They act while the focus is in the list or on the request, never in a field.{' '}
        <Link href={`${paths.settings()}#keys`}>Switch them off</Link>
      </p>
      <div className="acts">
        <Button onClick={onClose}>Close</Button>
      </div>
    </dialog>
  )
}
