/** What a first draft begins with: read-only, nothing alone (C07, C12), in the words of the guide. */
export function templateFor(slug: string): string {
  return `agent: ${slug}

# What it may do alone, by server: [read], [write] or [read, write].
# A write that cannot be undone, leaves the organisation, touches production or spends money asks a person all the same.
mcp_scopes:
  tickets: [read]

# What asks a person first, by name.
approval_required:
  - send_customer_email

# What never happens, whoever asks.
never:
  - delete_customer

limits:
  calls_per_hour: 200

audit: all_tool_calls
kill_switch: org-wide, tested monthly
`
}

/** What a first baseline begins with. */
export const BASELINE_TEMPLATE = `# What no agent ever does, whatever its boundary says.
never:
  - delete_user

# What asks a person, whichever agent it is.
approval_required:
  - send_external_email

limits:
  calls_per_minute: 120
`
