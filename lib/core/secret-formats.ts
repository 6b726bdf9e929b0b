/**
 * A format in which a secret is known to be written. `hints` are what every match contains (one of them): `includes` is
 * so much cheaper than a pattern that most texts never meet one. `group` is the part to redact, else the whole match.
 * `decisive` is false where the format is only a name beside a word: that is redacted, but forbids nothing by itself.
 *
 * Patterns stay linear: each starts at a literal, and every repetition is bounded (see `START`).
 */
export type SecretFormat = {
  kind: SecretKind
  hints: readonly string[]
  /** A narrower hint for `SECRET_GATE`, as a pattern, where the hints are too common to gate anything. */
  gate?: string
  pattern: RegExp
  group?: number
  decisive?: false
  accept?: (match: string) => boolean
}

type Row = readonly [kind: string, hints: readonly string[], body: string]

// Not inside a longer word. A body needs a bound only where something must follow it: one that just ends is consumed, so a
// text made of nothing but beginnings is still read once.
const START = '(?<![A-Za-z0-9])'
const PREFIXED = [
  // Only what signs requests: ids of users, roles and groups (AIDA, AROA, …) are names an audit needs.
  ['aws_access_key_id', ['AKIA', 'ASIA', 'A3T'], '(?:AKIA|ASIA|A3T[A-Z0-9])[A-Z0-9]{16}(?![A-Za-z0-9])'],
  [
    'countersign_secret',
    ['cs_agent_', 'cs_hook_', 'cs_cli_', 'cs_point_', 'cst_', 'csg_'],
    '(?:cs_(?:agent|hook|cli|point)_|cst_|csg_)[A-Za-z0-9_-]{40,64}',
  ],
  ['aws_session_token', ['FwoGZXIvYXdz', 'IQoJb3JpZ2lu'], '(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[A-Za-z0-9+/=_-]{40,4000}'],
  [
    'github_token',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    '(?:gh[pousr]_[A-Za-z0-9_]{20,255}|github_pat_[A-Za-z0-9_]{20,255})',
  ],
  [
    'gitlab_token',
    ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glsoat-', 'gloas-', 'glptt-', 'glft-', 'glagent-'],
    '(?:glpat|gldt|glrt|glcbt|glsoat|gloas|glptt|glft|glagent)-[A-Za-z0-9_.-]{16,300}',
  ],
  ['slack_token', ['xox', 'xapp-'], '(?:xox[abdeoprs]|xapp|xoxe\\.xox[bp])-[A-Za-z0-9-]{8,300}'],
  ['stripe_key', ['k_live_', 'k_test_'], '[srp]k_(?:live|test)_[A-Za-z0-9]{10,250}'],
  ['webhook_secret', ['whsec_'], 'whsec_[A-Za-z0-9+/=_-]{16,200}'],
  ['google_api_key', ['AIza'], 'AIza[A-Za-z0-9_-]{30,60}'],
  [
    'google_oauth',
    ['ya29.', 'GOCSPX-', '1//0'],
    '(?:ya29\\.[A-Za-z0-9_.-]{20,2000}|GOCSPX-[A-Za-z0-9_-]{20,60}|1//0[A-Za-z0-9_-]{30,200})',
  ],
  ['npm_token', ['npm_'], 'npm_[A-Za-z0-9]{30,60}(?![A-Za-z0-9_])'],
  ['pypi_token', ['pypi-AgE'], 'pypi-AgE[A-Za-z0-9_-]{40,400}'],
  ['rubygems_key', ['rubygems_'], 'rubygems_[a-f0-9]{40,60}'],
  ['docker_token', ['dckr_'], 'dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,60}'],
  ['anthropic_key', ['sk-ant-'], 'sk-ant-[A-Za-z0-9_-]{16,300}'],
  [
    'openai_key',
    ['sk-'],
    'sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,300}|[A-Za-z0-9]{32,100}(?![A-Za-z0-9_-]))',
  ],
  ['openrouter_key', ['sk-or-'], 'sk-or-[A-Za-z0-9-]{20,120}'],
  ['huggingface_token', ['hf_', 'api_org_'], '(?:hf|api_org)_[A-Za-z0-9]{30,60}'],
  [
    'model_provider_key',
    ['gsk_', 'pplx-', 'xai-', 'r8_', 'fw_', 'tgp_v1_'],
    '(?:gsk_[A-Za-z0-9]{40,80}|pplx-[A-Za-z0-9]{40,80}|xai-[A-Za-z0-9]{60,120}|r8_[A-Za-z0-9]{30,60}|fw_[A-Za-z0-9]{20,60}|tgp_v1_[A-Za-z0-9_-]{30,80})',
  ],
  ['sendgrid_key', ['SG.'], 'SG\\.[A-Za-z0-9_-]{10,64}\\.[A-Za-z0-9_-]{10,128}'],
  ['mailgun_key', ['key-'], 'key-[0-9a-f]{32}(?![A-Za-z0-9])'],
  ['twilio_key', ['SK'], 'SK[0-9a-f]{32}(?![A-Za-z0-9])'],
  ['shopify_token', ['shppa_', 'shpca_', 'shpat_', 'shpss_'], 'shp(?:pa|ca|at|ss)_[A-Za-z0-9]{30,64}'],
  [
    'square_token',
    ['sq0atp-', 'sq0csp-', 'EAAA'],
    '(?:sq0(?:atp|csp)-[A-Za-z0-9_-]{20,60}|EAAA[A-Za-z0-9_-]{58,70}(?![A-Za-z0-9_-]))',
  ],
  ['linear_key', ['lin_api_', 'lin_oauth_'], 'lin_(?:api|oauth)_[A-Za-z0-9_]{30,128}'],
  ['notion_token', ['ntn_', 'secret_'], '(?:ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{40,60})'],
  ['figma_token', ['figd_'], 'figd_[A-Za-z0-9_-]{30,80}'],
  ['atlassian_token', ['ATATT', 'ATBB', 'ATCTT'], '(?:ATATT|ATBB|ATCTT)[A-Za-z0-9_=-]{24,400}'],
  ['digitalocean_token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], 'do[opr]_v1_[a-f0-9]{60,70}'],
  ['heroku_key', ['HRKU-'], 'HRKU-[A-Za-z0-9_-]{30,80}'],
  [
    'deploy_token',
    ['nfp_', 'vcp_', 'vci_', 'fo1_', 'rnd_'],
    '(?:nfp_|vcp_|vci_|rnd_)[A-Za-z0-9]{24,80}|(?<![A-Za-z0-9_-])fo1_[A-Za-z0-9_-]{40,80}',
  ],
  ['newrelic_key', ['NRAK-', 'NRJS-'], '(?:NRAK|NRJS)-[A-Za-z0-9]{19,40}'],
  ['grafana_token', ['glsa_', 'glc_'], '(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/=]{32,400})'],
  ['sentry_token', ['sntrys_', 'sntryu_'], 'sntry[su]_[A-Za-z0-9+/=_-]{40,400}'],
  ['databricks_token', ['dapi'], 'dapi[a-f0-9]{32}(?:-[0-9])?(?![A-Za-z0-9])'],
  ['vault_token', ['hvs.', 'hvb.', 'hvr.'], 'hv[sbr]\\.[A-Za-z0-9_-]{20,300}'],
  ['terraform_token', ['.atlasv1.'], '[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{50,100}'],
  ['doppler_token', ['dp.'], 'dp\\.(?:pt|st|sa|ct|scim|audit)\\.[A-Za-z0-9_.]{36,120}'],
  ['onepassword_token', ['ops_ey'], 'ops_ey[A-Za-z0-9+/=_-]{80,2000}'],
  ['postman_key', ['PMAK-'], 'PMAK-[A-Za-z0-9]{20,30}-[A-Za-z0-9]{30,40}'],
  ['planetscale_token', ['pscale_'], 'pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,80}'],
  ['supabase_key', ['sbp_', 'sb_secret_'], '(?:sbp_[a-f0-9]{36,48}|sb_secret_[A-Za-z0-9_-]{20,60})'],
  ['tailscale_key', ['tskey-'], 'tskey-[a-z]{2,12}-[A-Za-z0-9-]{16,100}'],
  ['airtable_token', ['pat'], 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}'],
  ['telegram_token', [':AA'], '[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34}(?![A-Za-z0-9_-])'],
  ['age_key', ['AGE-SECRET-KEY-1'], 'AGE-SECRET-KEY-1[0-9A-Z]{50,60}'],
  ['countersign_secret', ['cs_'], 'cs_[a-z]{2,12}_[A-Za-z0-9_-]{20,200}'],
  ['jwt', ['eyJ'], 'eyJ[A-Za-z0-9_-]{8,600}\\.(?:eyJ)?[A-Za-z0-9_-]{0,8000}\\.[A-Za-z0-9_-]{8,4000}'],
] as const satisfies readonly Row[]

const SPELLED =
  'pass(?:word|wd|phrase)|pwd|(?:client|app|api|shared|auth|signing|webhook)[_-]?secret|secret(?:[_-]?(?:key|access[_-]?key))?|api[_-]?key|(?:access|auth|refresh|bearer|api|session|private)[_-]?token|private[_-]?key|access[_-]?key'
const ASSIGNED = `(?:${SPELLED})["']?[ \\t]{0,8}(?:=>|:=|=|:)[ \\t]{0,8}["']?`
const VALUE = '([^\\s"\'`,;&<>(){}\\[\\]|\\\\]{4,200})'

const CONTEXTUAL = [
  {
    kind: 'private_key',
    hints: ['PRIVATE KEY'],
    pattern:
      /-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?(?:-{0,5})(?:[A-Za-z0-9+/=\s\\:,.()-](?!-{4}END)){0,20000}(?:[\s\S]{0,2}-----END[ A-Z0-9]{0,40}-----)?/g,
  },
  { kind: 'putty_key', hints: ['PuTTY-User-Key-File-'], pattern: /PuTTY-User-Key-File-[\s\S]{0,20000}/g },
  {
    kind: 'aws_secret_access_key',
    hints: ['ecret', 'ECRET'],
    pattern:
      /(?:secret)[_-]?(?:access)?[_-]?key["']?[ \t]{0,8}(?:=>|=|:)[ \t]{0,8}["']?([A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])/gi,
    group: 1,
  },
  {
    kind: 'azure_key',
    hints: ['AccountKey=', 'SharedAccessKey='],
    pattern: /(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/=]{40,100})/g,
    group: 1,
  },
  { kind: 'azure_signature', hints: ['sig='], pattern: /[?&]sig=([A-Za-z0-9%+/=]{40,200})/g, group: 1 },
  {
    kind: 'azure_client_secret',
    hints: ['Q~'],
    pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
  },
  {
    kind: 'mailchimp_key',
    hints: ['-us'],
    gate: '-us[0-9]',
    pattern: /(?<![A-Za-z0-9])[0-9a-f]{32}-us[0-9]{1,2}(?![0-9])/g,
  },
  {
    kind: 'discord_token',
    hints: ['.'],
    gate: '\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{20}',
    pattern: /(?<![A-Za-z0-9_.-])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_.-])/g,
  },
  {
    kind: 'webhook_url',
    hints: ['hooks.slack.com', 'discord.com/api/webhooks', 'discordapp.com/api/webhooks', 'webhook.office.com'],
    pattern:
      /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|webhook\.office\.com\/webhookb2)\/([A-Za-z0-9/_@-]{10,300})/gi,
    group: 1,
  },
  {
    kind: 'npm_token',
    hints: ['_authToken', '_password', '_auth='],
    pattern: /_(?:authToken|password|auth)[ \t]{0,4}=[ \t]{0,4}([^\s$]{4,500})/g,
    group: 1,
  },
  {
    kind: 'url_password',
    hints: ['://'],
    pattern: /:\/\/([^\s:/@?#"'<>]{0,256}:[^\s@/"'<>]{1,256})@/g,
    group: 1,
    accept: isRealUserInfo,
  },
  {
    kind: 'authorization_header',
    hints: ['earer ', 'EARER '],
    pattern: /\bbearer[ \t]{1,8}([A-Za-z0-9._~+/-]{20,4000}={0,2})/gi,
    group: 1,
    accept: looksRandom,
  },
  {
    kind: 'authorization_header',
    hints: ['asic ', 'ASIC '],
    pattern: /\bauthorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?basic[ \t]{1,8}([A-Za-z0-9+/]{8,1000}={0,2})/gi,
    group: 1,
  },
  { kind: 'password', hints: [], pattern: new RegExp(`${ASSIGNED}${VALUE}`, 'gi'), group: 1, accept: isStrong },
  {
    kind: 'credential',
    hints: [],
    pattern: new RegExp(`${ASSIGNED}${VALUE}`, 'gi'),
    group: 1,
    accept: isGiven,
    decisive: false,
  },
] as const satisfies readonly (Omit<SecretFormat, 'kind'> & { kind: string })[]

export type SecretKind = (typeof PREFIXED)[number][0] | (typeof CONTEXTUAL)[number]['kind']

/** Whether a text could hold an assignment at all: the one hint of `password` and `credential`, in any case. */
export const ASSIGNMENT_HINT = /pass|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key/i
// The same for the gate, spelled out: one pattern that ignores case altogether would be three times slower.
const ASSIGNMENT_GATE = '[pP][aA][sS][sS]|[pP][wW][dD]|[sS][eE][cC][rR][eE]|[tT][oO][kK][eE]|[_-]?[kK][eE][yY]'
const NARROW: Readonly<Record<string, string>> = { SK: 'SK[0-9a-f]{8}', pat: 'pat[A-Za-z0-9]{14}\\.' }

/** Every known format (C41). The order matters only where two match the same place: the first names it. */
export const SECRET_FORMATS: readonly SecretFormat[] = [
  ...PREFIXED.map(([kind, hints, body]) => ({
    kind,
    hints,
    pattern: new RegExp(START + body, 'g'),
  })),
  ...CONTEXTUAL,
]

/**
 * What every text that holds a known secret matches, in one pass: 6 µs for 800 characters where asking for every hint took
 * 15. Most texts end here.
 */
export const SECRET_GATE = new RegExp(
  [
    ...new Set(
      SECRET_FORMATS.flatMap(
        ({ hints, gate }) => gate ?? hints.map((hint) => NARROW[hint] ?? hint.replace(/[.+/]/g, '\\$&')),
      ),
    ),
    ASSIGNMENT_GATE,
  ].join('|'),
)

const PLACEHOLDER =
  /^(?:\*+|x+|\.+|-+|\$.*|%.*|<.*|\{.*|your.*|my[_-]?.*|example.*|changeme|change[_-]me|placeholder|redacted.*|\[redacted.*|none|null|nil|undefined|true|false|required|optional|string|password|passwd|secret|token)$/i

const CODE = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/

function isGiven(value: string): boolean {
  return !PLACEHOLDER.test(value) && !value.includes('${') && !value.includes('{{')
}

/** Something a person or a generator chose to be hard to guess, rather than a word of the sentence around it. */
function isStrong(value: string): boolean {
  if (!isGiven(value) || value.length < 6 || CODE.test(value)) return false
  const digit = /[0-9]/.test(value)
  const classes = [/[a-z]/, /[A-Z]/, /[^A-Za-z0-9.:]/].filter((one) => one.test(value)).length
  return digit ? classes >= 1 : value.length >= 12 && classes >= 2
}

function looksRandom(value: string): boolean {
  return /[0-9]/.test(value) && /[A-Za-z]/.test(value)
}

function isRealUserInfo(info: string): boolean {
  const password = info.slice(info.indexOf(':') + 1)
  return password === 'x-oauth-basic' || (isGiven(password) && !/^(?:%[A-Z_]+%|\d{1,5}$)/.test(password))
}
