import type { JsonValue } from '@/lib/core/json'
import type { Surface, ToolClass } from '@/lib/tools/tool'

/**
 * What kind of thing an action changes, for the scrutiny that suits it (C24). Closed; the database checks the same list. `any` is
 * every action's.
 */
export const ACTION_KINDS = [
  'code',
  'configuration',
  'detection',
  'infrastructure',
  'data',
  'message',
  'payment',
  'command',
  'access',
  'any',
] as const
export type ActionKind = (typeof ACTION_KINDS)[number]

/** What a kind is told from: the tool, what is known of it, and what the call says. */
export type Sorted = {
  /** `server.tool` */
  tool: string
  /** null: nobody has confirmed one */
  class: ToolClass | null
  /** which list of a boundary would judge it; null: none */
  surface: Surface | null
  arguments: unknown
  resource: { type: string; id: string } | null
}

/** Of more text than this only the beginning tells a kind: it is read in the decision itself. */
const MOST_READ = 20_000

type Known = Exclude<ActionKind, 'any' | 'command'>
type Told = Exclude<Known, 'code'>

/** Words in a tool's name, or in the type of its resource, that tell a kind. */
const WORDS: Readonly<Record<Told, ReadonlySet<string>>> = {
  configuration: words('config configuration configure setting settings flag flags feature policy preference environment'),
  detection: words('detection rule rules filter filters sigma yara suricata snort siem suppression allowlist denylist correlation watchlist'),
  infrastructure: words(
    'terraform kubernetes k8s kubectl helm deploy deployment rollout dns firewall cluster instance container pod node vm network subnet loadbalancer volume bucket server ansible pipeline',
  ),
  data: words('record records row rows table query sql database db insert upsert import export migrate migration dataset bulk field'),
  message: words('mail email message send reply notify sms slack teams chat post tweet publish newsletter comment'),
  payment: words('pay payment payments payout refund transfer invoice charge billing purchase iban wire credit'),
  access: words(
    'user users role roles permission permissions grant revoke group membership access key credential credentials token password mfa account secret invite unlock iam sso',
  ),
} // prettier-ignore

/** Code by itself; and words that mean code only where a host of code is named with them: one merges customers, too. */
const CODE_WORDS = words('commit commits repo repository branch patch codebase sourcecode')
const CODE_HOSTS = words('git github gitlab bitbucket gitea forgejo gerrit')
const HOSTED_WORDS = words('push merge pull file files revert rebase release cherry')

/** Ends and folders of a file's path that tell a kind. */
const PATHS: readonly (readonly [Known, RegExp])[] = [
  ['configuration', /\.(?:ya?ml|toml|ini|conf|cfg|json|env|properties|plist)$|(?:^|\/)\.env/i],
  ['detection', /(?:^|\/)(?:rules?|detections?|sigma|yara|suricata|filters?)\/|\.(?:yar|yara|rules|kql|spl)$/i],
  ['infrastructure', /\.(?:tf|tfvars|hcl|bicep)$|(?:^|\/)(?:dockerfile|helm|k8s|kubernetes|ansible|terraform|charts|\.github\/workflows|\.gitlab-ci)/i],
  ['data', /(?:^|\/)migrations?\/|\.sql$/i],
  ['access', /(?:^|\/)(?:iam|rbac|authz|permissions?|codeowners|authorized_keys|sudoers)/i],
] // prettier-ignore

/** Programs that tell a kind when a shell runs them. */
const PROGRAMS: readonly (readonly [Known, ReadonlySet<string>])[] = [
  ['infrastructure', words('terraform tofu kubectl helm ansible ansible-playbook aws gcloud az docker podman systemctl iptables nft ip route pulumi')],
  ['data', words('psql mysql mongosh mongo redis-cli sqlite3 pg_restore pg_dump dropdb createdb')],
  ['access', words('chmod chown useradd usermod userdel passwd visudo setfacl ssh-keygen ssh-copy-id')],
  ['message', words('mail sendmail mutt')],
] // prettier-ignore

/** What git does to code, as against reading it. */
const GIT_CHANGES = words('commit push merge apply am cherry-pick rebase revert reset checkout restore rm mv')

/**
 * The kinds of an action, from the most to the least telling; the last is always `any`. Pure, linear in what it reads, and never
 * throws: the words are an agent's own, so what they tell adds scrutiny and takes none away.
 */
export function kindsOf(action: Sorted): ActionKind[] {
  const found = new Set<ActionKind>()
  const args = isObject(action.arguments) ? action.arguments : {}
  const command = commandIn(args)
  if (action.surface === 'commands' || (command !== null && runs(action.tool))) {
    found.add('command')
    for (const kind of kindsOfCommand(command ?? '')) found.add(kind)
  }
  if (action.class?.access !== 'read' && action.surface !== 'data') {
    const named = new Set([...wordsOf(action.tool), ...wordsOf(action.resource?.type ?? '')])
    const paths = pathsIn(args)
    if (action.surface === 'code' || isDiff(args) || isOfCode(named)) found.add('code')
    for (const [kind, known] of Object.entries(WORDS) as [Told, ReadonlySet<string>][])
      if ([...named].some((word) => known.has(word))) found.add(kind)
    for (const [kind, path] of PATHS) if (paths.some((each) => path.test(each))) found.add(kind)
    if (action.class?.spends === true || isPayment(args)) found.add('payment')
    if (isMessage(args)) found.add('message')
  }
  return ACTION_KINDS.filter((kind) => kind === 'any' || found.has(kind))
}

/** What an action that ran by itself leaves owed (C24): code that nobody looked at before it was changed is looked at afterwards. */
export function obligationsOf(decision: 'allow' | 'hold' | 'forbid', action: Sorted): 'code_review'[] {
  return decision === 'allow' && kindsOf(action).includes('code') ? ['code_review'] : []
}

function isOfCode(named: ReadonlySet<string>): boolean {
  const meets = (known: ReadonlySet<string>) => [...named].some((word) => known.has(word))
  return meets(CODE_WORDS) || (meets(CODE_HOSTS) && meets(HOSTED_WORDS))
}

function kindsOfCommand(command: string): Known[] {
  const found = new Set<Known>()
  const read = command.slice(0, MOST_READ)
  for (const [, path = ''] of read.matchAll(WRITTEN)) if (SOURCE.test(path)) found.add('code')
  const tokens = read.split(/[\s;&|()<>"'`]+/)
  tokens.forEach((token, at) => {
    const program = token.slice(token.lastIndexOf('/') + 1)
    if (program === 'git' && GIT_CHANGES.has(subcommand(tokens, at + 1))) found.add('code')
    if (program === 'patch' || program === 'apply_patch') found.add('code')
    if (program === 'sed' && /^-[a-z]*i/i.test(tokens[at + 1] ?? '')) found.add('code')
    for (const [kind, known] of PROGRAMS) if (known.has(program)) found.add(kind)
  })
  return [...found]
}

/** What a shell writes into: behind `>` and `>>`, and behind `tee`. */
const WRITTEN = /(?:>{1,2}|\btee(?:\s{1,3}-a)?)\s{0,3}["']?([^\s;&|"'<>()]{1,300})/g
/** Files that are code, by their ends. */
const SOURCE =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|scala|rb|php|cs|c|h|cc|cpp|hpp|swift|m|sh|bash|ps1|lua|pl|ex|exs|sql|tf|ya?ml|vue|svelte|html?|css)$/i

/** The word after git's own options. `-C` and `-c` take the next word with them. */
function subcommand(tokens: readonly string[], from: number): string {
  for (let at = from; at < Math.min(tokens.length, from + 20); at += 1) {
    const token = tokens[at] ?? ''
    if (token === '-C' || token === '-c') at += 1
    else if (!token.startsWith('-')) return token
  }
  return ''
}

const RUNS = words('bash shell sh exec execute run command terminal')
const runs = (tool: string): boolean => wordsOf(tool).some((word) => RUNS.has(word))

/** What a shell would run: under the names tools give it. */
export function commandIn(args: Readonly<Record<string, unknown>>): string | null {
  const found = ['command', 'cmd', 'script'].find((name) => Object.hasOwn(args, name) && typeof args[name] === 'string')
  return found === undefined ? null : String(args[found])
}

const PATH_KEY = /^(?:file_?path|path|file|filename|notebook_path|target|source|destination)s?$/i
const CHANGED_KEY = /^(?:diff|patch|old_?string|new_?string|old_?text|new_?text)$/i

function pathsIn(args: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(args)
    .filter(([key]) => PATH_KEY.test(key))
    .flatMap(([, value]): unknown[] => (Array.isArray(value) ? value.slice(0, 50) : [value]))
    .filter((value) => typeof value === 'string')
    .map((path) => path.slice(-200))
}

const isDiff = (args: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(args).some(([key, value]) => CHANGED_KEY.test(key) && typeof value === 'string')

const isPayment = (args: Readonly<Record<string, unknown>>): boolean =>
  has(args, /^amount$/i) && has(args, /^(?:iban|bic|account|account_number|payee|beneficiary|currency)$/i)

const isMessage = (args: Readonly<Record<string, unknown>>): boolean =>
  has(args, /^(?:to|cc|bcc|recipients?|channel)$/i) && has(args, /^(?:body|text|subject|message|html)$/i)

const has = (args: Readonly<Record<string, unknown>>, key: RegExp): boolean =>
  Object.keys(args).some((name) => name.length < 40 && key.test(name))

/** `edr.isolateHost` → edr, isolate, host. */
function wordsOf(name: string): string[] {
  return name
    .slice(0, 300)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

const isObject = (value: unknown): value is Record<string, JsonValue> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
