'use client'

import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useSyncExternalStore } from 'react'
import { paths } from '@/lib/core/paths'
import { Button } from '../ui/button'
import { Kbd } from '../ui/kbd'
import { keysOffIn } from './keys-setting'
import type { InboxKeys } from './use-inbox-keys'

/** Loaded when somebody asks for it. */
const KeysDialog = dynamic(() => import('./keys-dialog').then((module) => module.KeysDialog), { ssr: false })

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
      {keys.help && <KeysDialog open onClose={() => keys.setHelp(false)} />}
    </div>
  )
}
