import type { RequestDetail } from '@/lib/decisions/request'
import { Section } from '../shell/page'
import { HostileText } from '../ui/hostile-text'
import { JsonView } from '../ui/json-view'

/** Arguments that are read as a whole and not as a table: what a shell would run. */
const COMMANDS = ['command', 'cmd', 'script'] as const

/** What exactly is asked for: the command, or the arguments as a table, the recorded text one click away. */
export function WhatItAsks({ request }: { request: RequestDetail }) {
  const command = commandIn(request.arguments)
  return (
    <Section
      id="asks"
      title={command === undefined ? 'What it would send' : 'The command'}
      aside={<span className="mono">{request.tool}</span>}
    >
      {request.erased ? (
        <p className="t2">The arguments were erased. What is left is that it was asked, when, and by whom.</p>
      ) : (
        <>
          {command !== undefined && (
            <div className="codeb cmd" role="region" aria-label="The command" tabIndex={0}>
              <code>
                <HostileText text={command} max={4_000} />
              </code>
            </div>
          )}
          {isEmpty(request.arguments) ? (
            <p className="t2">It sends no arguments.</p>
          ) : (
            <JsonView value={request.arguments} raw={request.argumentsRaw} />
          )}
        </>
      )}
    </Section>
  )
}

function commandIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const found = COMMANDS.map((name) => (value as Record<string, unknown>)[name]).find((one) => typeof one === 'string')
  return typeof found === 'string' ? found : undefined
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
