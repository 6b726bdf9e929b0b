import type { ToolVersionRow } from '@/lib/tools/read'
import { toolText } from '@/lib/tools/tool-text'
import { digestText } from '@/lib/core/digest-text'
import { Digest } from '../ui/digest'
import { Tag } from '../ui/tag'
import { Time } from '../ui/time'
import { YamlDiff } from '../ui/yaml-diff'
import { SOURCE_WORDS } from './class-words'

/** Every version of what was said of a tool, newest first; each opens as a difference to the one before. */
export function ToolHistory({
  versions,
  confirmed,
}: {
  versions: readonly ToolVersionRow[]
  confirmed: number | null
}) {
  return (
    <>
      {versions.map((version, at) => {
        const before = versions[at + 1]
        return (
          <details className="raw gap-above" key={version.version}>
            <summary>
              Version {version.version}, said by {SOURCE_WORDS[version.source]}, <Time at={version.at} />{' '}
              {version.version === confirmed && <Tag>last confirmed</Tag>}
            </summary>
            <p className="s12 t3">
              Digest{' '}
              <Digest value={digestText(version.digest)} what={`the digest of version ${String(version.version)}`} />
            </p>
            <YamlDiff
              before={before === undefined ? '' : toolText(before)}
              after={toolText(version)}
              label={`Version ${String(version.version)} against the one before`}
            />
          </details>
        )
      })}
    </>
  )
}
