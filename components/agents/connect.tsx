import { CopyButton } from '../ui/copy-button'
import { Section } from '../shell/page'

/** How a program asks: two requests that can be copied, with the real address. The secret is a variable, never printed. */
export function Connect({ url, clientId, tool }: { url: string; clientId: string; tool: string }) {
  const token = [
    `TOKEN=$(curl -s ${url}/oauth/token \\`,
    `  -d grant_type=client_credentials -d client_id=${clientId} \\`,
    '  --data-urlencode client_secret="$COUNTERSIGN_SECRET" | sed -E \'s/.*"access_token":"([^"]+)".*/\\1/\')',
  ].join('\n')
  const propose = [
    `curl -s ${url}/api/v1/actions -H "Authorization: Bearer $TOKEN" \\`,
    `  -H 'Content-Type: application/json' -d '{"tool": "${tool}", "arguments": {}}'`,
  ].join('\n')
  return (
    <Section id="connect" title="How it asks" aside="a token lives ten minutes; the answer says allow, hold or forbid">
      <div className="connect">
        <Snippet label="Ask for a token" text={token} />
        <Snippet label="Propose an action" text={propose} />
      </div>
    </Section>
  )
}

function Snippet({ label, text }: { label: string; text: string }) {
  return (
    <>
      <p className="s12 t2">
        {label} <CopyButton text={text} what={`the command: ${label.toLowerCase()}`} />
      </p>
      <div className="codeb cmd" role="region" aria-label={label} tabIndex={0}>
        <code>{text}</code>
      </div>
    </>
  )
}
