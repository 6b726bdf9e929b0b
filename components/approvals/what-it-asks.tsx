import type { RequestDetail } from '@/lib/decisions/request'
import { Section } from '../shell/page'
import { HostileText } from '../ui/hostile-text'
import { JsonView } from '../ui/json-view'
import { CommandParts } from './command-parts'

/** Arguments that are read as a whole and not as a table: what a shell would run. */
const COMMANDS = ['command', 'cmd', 'script'] as const

/** What exactly is asked for: the command, or the arguments as a table, the recorded text one click away. */
export function WhatItAsks({
  request,
}: {
  request: Pick<RequestDetail, 'tool' | 'arguments' | 'argumentsRaw' | 'parts' | 'erased'>
}) {
  const { command, rest } = apart(request.arguments)
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
            <div className="codeb cmd" role="region" aria-label="Text of the command" tabIndex={0}>
              <code>
                <HostileText text={command} max={4_000} />
              </code>
            </div>
          )}
          {request.parts && <CommandParts of={request.parts} />}
          {command === undefined && isEmpty(rest) ? (
            <p className="t2">It sends no arguments.</p>
          ) : (
            <JsonView value={rest} raw={request.argumentsRaw} />
          )}
        </>
      )}
    </Section>
  )
}

/** The command, set apart from what else is sent with it. */
function apart(value: unknown): { command?: string; rest: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { rest: value }
  const sent = value as Record<string, unknown>
  const name = COMMANDS.find((one) => typeof sent[one] === 'string')
  if (name === undefined) return { rest: value }
  const { [name]: command, ...rest } = sent
  return { command: String(command), rest }
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
