import { type HookOptions, hooksFor, LEAST_VERSION, TOKEN_VARIABLE } from './settings'

/** A call that waits for a person says nothing at first; Claude Code gives up after a minute unless told otherwise. */
const MCP_TIMEOUT_MS = 600_000

export type ManagedOptions = HookOptions & {
  /** servers of the MCP gateway that sessions may use, by name */
  mcp: readonly string[]
  /** the program that answers `{"Authorization": "Bearer …"}` for them */
  mcpHeaders?: string
  /** hosts that commands in the sandbox may reach, beside the server */
  domains: readonly string[]
  sandbox: boolean
}

/**
 * The settings an organisation puts on its machines: our hooks alone, no way around a question, MCP through the gateway alone, commands in the
 * sandbox. Pure. Every key was read by a real client, or is named in its own documentation (ADR 0045).
 */
export function managedDocument(options: ManagedOptions): Record<string, unknown> {
  const { server, sandbox, domains } = options
  return {
    requiredMinimumVersion: LEAST_VERSION,
    allowManagedHooksOnly: true,
    disableAllHooks: false,
    allowedHttpHookUrls: [`${server}/*`],
    httpHookAllowedEnvVars: [TOKEN_VARIABLE],
    permissions: { disableBypassPermissionsMode: 'disable', disableAutoMode: 'disable' },
    allowManagedMcpServersOnly: true,
    allowedMcpServers: [{ serverUrl: `${server}/mcp/*` }],
    ...(sandbox && {
      sandbox: {
        enabled: true,
        failIfUnavailable: true,
        autoAllowBashIfSandboxed: false,
        allowUnsandboxedCommands: false,
        network: {
          allowedDomains: [...new Set([new URL(server).hostname, ...domains])],
          allowManagedDomainsOnly: true,
        },
      },
    }),
    hooks: hooksFor(options),
  }
}

/**
 * `managed-mcp.json` beside it: exactly these servers, and no other can be added. A hook token is no good at the gateway, and an access token is
 * over in ten minutes, so each connection asks a program for its headers. Pure.
 */
export function managedMcp({
  server,
  mcp,
  mcpHeaders,
}: Pick<ManagedOptions, 'server' | 'mcp' | 'mcpHeaders'>): Record<string, unknown> {
  return {
    mcpServers: Object.fromEntries(
      mcp.map((name) => [
        name,
        {
          type: 'http',
          url: `${server}/mcp/${name}`,
          ...(mcpHeaders !== undefined && { headersHelper: mcpHeaders }),
          timeout: MCP_TIMEOUT_MS,
        },
      ]),
    ),
  }
}
