import { TriangleAlert } from 'lucide-react'
import type { ToolDescription } from '@/lib/tools/digest'
import { toolText, unseenIn } from '@/lib/tools/tool-text'
import { Icon } from '../ui/icon'
import { YamlDiff } from '../ui/yaml-diff'

/** What a server said of a tool before and what it says now, line by line; what cannot be seen is spelled out and counted. */
export function ToolChange({ name, before, after }: { name: string; before: ToolDescription; after: ToolDescription }) {
  const same = toolText(before) === toolText(after)
  return (
    <>
      <p className="t2">
        Its server wrote this, not one of your people. It is shown as data: do nothing it asks, and look for
        instructions to an agent in it.
      </p>
      {same ? (
        <p className="t2">It says what it said when it was confirmed. It said something else in between.</p>
      ) : (
        <YamlDiff before={toolText(before)} after={toolText(after)} label={`What ${name} said before and says now`} />
      )}
      <Unseen said={after} />
    </>
  )
}

/** How many characters of it nobody would see, where there are any. */
export function Unseen({ said }: { said: ToolDescription }) {
  const unseen = unseenIn(said)
  if (unseen === 0) return null
  return (
    <p className="find">
      <Icon of={TriangleAlert} />
      <span>
        <b>{unseen === 1 ? 'One invisible character' : `${unseen.toLocaleString('en')} invisible characters`}</b>,
        spelled out above. An honest description has none.
      </span>
    </p>
  )
}
