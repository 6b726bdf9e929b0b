'use client'

import { GitCompareArrows } from 'lucide-react'
import { Button } from '../ui/button'
import { RegionError } from '../ui/region-error'

/** Said above the form where what is asked is no longer what was on screen when it was opened. `refused`: a verdict was not recorded for that. */
export function VerdictChanged({ refused, read, onSeen }: { refused: boolean; read: boolean; onSeen: () => void }) {
  return (
    <RegionError
      tone="hold"
      icon={GitCompareArrows}
      title={
        refused
          ? 'Your verdict was not recorded: the request changed.'
          : 'What is asked has changed since you opened it.'
      }
      act={
        <Button onClick={onSeen} busy={!read}>
          Answer what is asked now
        </Button>
      }
    >
      What stands beside is what is asked now. Read it again; your reason is kept below.
    </RegionError>
  )
}
