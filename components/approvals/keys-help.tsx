'use client'

import Link from 'next/link'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { paths } from '@/lib/core/paths'
import { Button } from '../ui/button'
import { Kbd } from '../ui/kbd'
import { keysOffIn } from './keys-setting'
import type { InboxKeys } from './use-inbox-keys'

const LINES: readonly [keys: readonly string[], does: string][] = [
  [['j', 'k'], 'the next request in the list, the one before'],
  [['Enter'], 'opens it'],
  [['a', 'd'], 'the form, at approve or at reject; nothing is chosen or sent'],
  [['e'], '“I take it”, or gives it back'],
  [['?'], 'this help'],
]

const never = () => () => undefined

/** The keys below the list, and their help. What a key did is said to a screen reader. */
export function KeysHint({ keys }: { keys: InboxKeys }) {
  const off = useSyncExternalStore(
    never,
    () => keysOffIn(document.cookie),
    () => false,
  )
  return (
    <div className="keys-hint t3 s12 d-only">
      <span className="vh" role="status">
        {keys.said}
      </span>
      {off ? (
        <>
          The single keys are off. <Link href={`${paths.settings()}#keys`}>Switch them on</Link>
        </>
      ) : (
        <>
          <Kbd>j</Kbd> <Kbd>k</Kbd> along the list, <Kbd>Enter</Kbd> opens{' '}
          <Button variant="bare" size="sm" onClick={() => keys.setHelp(true)}>
            All keys
          </Button>
        </>
      )}
      <KeysHelp open={keys.help} onClose={() => keys.setHelp(false)} />
    </div>
  )
}

function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
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
