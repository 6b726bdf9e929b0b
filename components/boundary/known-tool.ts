/** A tool of the catalogue as the editor offers it. `says` is its class and description; `sample` arguments as JSON. */
export type KnownTool = { name: string; says: string; sample: string }

/** What the agent did lately, for the tester. Tool and resource are an agent's words: data. */
export type RecentCall = { tool: string; resource: string | null }
