'use client'

import { BellRing } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { postJson } from '../shell/api'
import { Button } from '../ui/button'
import { useScripted } from '../ui/use-scripted'
import { canShow } from './screen'

/** Asks the browser, on a click and never by itself, whether notifications may be shown here. */
export function AllowScreen() {
  const router = useRouter()
  const scripted = useScripted()
  const [said, setSaid] = useState<string | null>(null)
  const state = scripted ? canShow() : 'unknown'
  const ask = () => {
    Notification.requestPermission()
      .then(async (answer) => {
        if (answer !== 'granted') {
          setSaid('The browser does not allow it. Its own settings for this address say so.')
          return
        }
        await postJson('/api/console/notifications/browser', {})
        setSaid('Allowed. They are shown while a page of Countersign is open in this browser.')
        router.refresh()
      })
      .catch(() => setSaid('That did not work. Try again.'))
  }
  return (
    <div>
      {state === 'default' && (
        <Button type="button" icon={BellRing} onClick={ask}>
          Allow notifications in this browser
        </Button>
      )}
      <p role="status" className="t2">
        {said ?? WORDS[state]}
      </p>
    </div>
  )
}

const WORDS = {
  unknown: 'Notifications of this browser need JavaScript.',
  default: 'Nothing is shown before you allow it here.',
  granted: 'This browser shows notifications while a page of Countersign is open in it.',
  denied: 'This browser was told not to show notifications of this address. Its own settings change that.',
  never: 'This browser shows notifications to installed programs alone, as phones do. Mail reaches you here.',
} as const
