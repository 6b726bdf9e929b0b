import type { Comparison } from '@/lib/boundary/read'
import { Section } from '../shell/page'
import { CodeBlock } from '../ui/code-block'
import { CopyButton } from '../ui/copy-button'
import { lineDiff } from '@/lib/boundary/line-diff'
import { YamlDiff } from '../ui/yaml-diff'

/** The exact text, which is what the digest covers: as it differs from the one before, then whole. */
export function SourceView({ of: { version, before } }: { of: Comparison }) {
  const lines = before === null ? [] : lineDiff(before.source, version.source)
  const count = (kind: 'added' | 'removed') => lines.filter((line) => line.kind === kind).length
  return (
    <>
      {before !== null && (
        <Section
          id="difference"
          title={`Against version ${String(before.version)}`}
          aside={`${String(count('added'))} lines added, ${String(count('removed'))} removed`}
        >
          <YamlDiff
            before={before.source}
            after={version.source}
            label={`Version ${String(before.version)} and version ${String(version.version)}, line by line`}
          />
        </Section>
      )}
      <Section
        id="source"
        title={before === null ? 'Source' : 'The whole text'}
        right={<CopyButton text={version.source} what="the text" label="Copy" />}
      >
        <CodeBlock source={version.source} label={`Text of version ${String(version.version)}`} anchors />
      </Section>
    </>
  )
}
