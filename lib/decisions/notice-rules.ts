import { countUnseen, spellOut } from '@/lib/core/hostile'
import type { ChangedLine } from './changed-lines'
import type { ActionKind } from './kinds'

/**
 * What a rule can see by itself in a change, as data (C24). A rule points; it judges nothing, and what it does not see is not fine for
 * that. `says` is for people and ends in no full stop.
 */
export type NoticeRule = {
  id: string
  says: string
  /** left out: for every kind */
  kinds?: readonly ActionKind[]
  side: ChangedLine['side'] | 'either'
  /** bounded in every repetition: a line is an agent's own words */
  test: RegExp
}

/** Rules that look at one line, the weightiest first. */
export const LINE_RULES: readonly NoticeRule[] = [
  {
    id: 'certificate_unchecked',
    says: 'It stops checking who is at the other end (TLS, SSH)',
    side: 'added',
    test: /\bverify\s{0,3}[=:]\s{0,3}(?:false|0|none)\b|reject_?unauthorized["']?\s{0,3}[=:]\s{0,3}["']?(?:false|0)|insecure_?skip_?verify["']?\s{0,3}[=:]\s{0,3}true|CERT_NONE|(?:^|\s)--(?:insecure|no-check-certificate|no-verify-ssl)\b|\bcurl\b.{0,80}\s-[a-zA-Z]{0,6}k\b|sslmode["']?\s{0,3}[=:]\s{0,3}["']?disable|stricthostkeychecking\s{0,3}[= ]\s{0,3}no\b/i,
  },
  {
    id: 'switched_off',
    says: 'It switches something off',
    side: 'added',
    test: /\b(?:enabled?|active|enforc(?:e|ed|ing)|required?|strict|mfa|2fa|audit|logging|monitoring|alert(?:s|ing)?|protect(?:ed|ion)?)["']?\s{0,3}[=:]\s{0,3}["']?(?:false|no|off|0|none|disabled)\b|\bdisabled["']?\s{0,3}[=:]\s{0,3}["']?(?:true|yes|on|1)\b|\bmode["']?\s{0,3}[=:]\s{0,3}["']?(?:monitor|permissive|report[-_ ]?only|audit|off|disabled)\b|\bsystemctl\s{1,3}(?:stop|disable|mask)\b|\bsetenforce\s{1,3}0\b|\bufw\s{1,3}disable\b/i,
  },
  {
    id: 'filter_widened',
    says: 'It matches everything, or more than before',
    side: 'added',
    test: /["'\s:=[(](?:0\.0\.0\.0\/0|::\/0)|(?:^|[:=[,(]\s{0,3})["']?(?:\*|\.\*|%|any|all)["']?\s{0,3}(?:[,\])}]|$)|\bor\s{1,3}(?:1\s{0,3}=\s{0,3}1|true)\b/i,
  },
  {
    id: 'alternative_added',
    says: 'It adds an alternative: an “or” lets more through a filter, or past it',
    kinds: ['detection', 'access', 'data'],
    side: 'added',
    test: /(?:^|\s)(?:OR|or)\s|\|\|/,
  },
  {
    id: 'exclusion_added',
    says: 'It takes something out of what is looked at',
    kinds: ['detection', 'configuration', 'infrastructure'],
    side: 'added',
    test: /\b(?:exclu(?:de|des|ded|sion|sions)|except|ignor(?:e|ed|es)|suppress(?:ed|ion|ions)?|allow_?lists?|white_?lists?|and not|but not|false_?positives?)\b/i,
  },
  {
    id: 'open_to_all',
    says: 'It gives everybody, or an administrator’s, rights',
    side: 'added',
    test: /\bchmod\b.{0,40}\b0?[0-7]?77[67]\b|\bchmod\b.{0,40}[ao]\+[rwx]{0,2}w|\b0o?777\b|--privileged\b|\bpublic-read|\bGRANT\s{1,3}ALL\b|AdministratorAccess|\bNOPASSWD\b|["']?\b(?:role|roles|group)["']?\s{0,3}[=:]\s{0,3}\[?\s{0,3}["']?(?:admin|administrator|owner|root|superuser|cluster-admin)\b|cluster-admin/i,
  },
  {
    id: 'error_swallowed',
    says: 'It goes on when something fails, and nobody hears of it',
    side: 'added',
    test: /\bcatch\s{0,3}(?:\([^)]{0,60}\))?\s{0,3}\{\s{0,3}\}|\bcatch\(\s{0,3}\(?[^)]{0,20}\)?\s{0,3}=>\s{0,3}(?:\{\s{0,3}\}|undefined|null)|\bexcept\b[^:]{0,60}:\s{0,3}pass\b|\|\|\s{0,3}true\s{0,3}$|2>\s{0,3}\/dev\/null|\bset\s{1,3}\+e\b|on error resume next|continue-on-error\s{0,3}:\s{0,3}true|ignore_errors\s{0,3}:\s{0,3}(?:true|yes)/i,
  },
  {
    id: 'check_silenced',
    says: 'It tells a checker to look away',
    side: 'added',
    test: /eslint-disable|@ts-(?:ignore|nocheck|expect-error)|#\s{0,3}noqa|\bnosec\b|#\s{0,3}type:\s{0,3}ignore|@SuppressWarnings|nolint|--no-verify\b|\[skip ci\]|gitleaks:allow|checkov:skip/i,
  },
  {
    id: 'test_switched_off',
    says: 'It skips a test',
    kinds: ['code', 'command'],
    side: 'added',
    test: /\b(?:it|test|describe)\.(?:skip|todo|only)\b|\bx(?:it|describe|test)\s{0,3}\(|@(?:Disabled|Ignore)\b|pytest\.mark\.(?:skip|xfail)|\bt\.Skip\w{0,6}\(|#\[ignore\]|-DskipTests|--passWithNoTests/,
  },
  {
    id: 'test_removed',
    says: 'It takes a test, or what a test asserts, away',
    kinds: ['code', 'command'],
    side: 'removed',
    test: /^\s{0,60}(?:(?:it|test|describe)(?:\.each)?\s{0,3}\(|(?:async )?def test_|func Test[A-Z]|@Test\b|#\[test\]|expect\(|assert\w{0,20}[\s(!])/,
  },
  {
    id: 'returns_early',
    says: 'It returns, or leaves, before what follows',
    kinds: ['code', 'detection', 'infrastructure', 'configuration'],
    side: 'added',
    test: /^\s{0,60}(?:return(?:\s{1,3}(?:true|True|null|None|nil|undefined|0|\[\]|\{\}|""|''|ok|nil))?\s{0,3};?|exit\s{1,3}0\s{0,3};?|pass|continue;?)\s{0,3}(?:(?:\/\/|#).{0,200})?$/,
  },
  {
    id: 'always_true',
    says: 'A condition in it is always true, or always false',
    side: 'added',
    test: /\b(?:if|while|when|where|elif|unless)\s{0,3}\(?\s{0,3}(?:true|false|True|False|1|0)\s{0,3}\)?\s{0,3}(?::|\{|$|then\b)|(?:\|\|\s{0,3}true|&&\s{0,3}false|\bor\s{1,3}True|\band\s{1,3}False)\b/,
  },
  {
    id: 'no_way_back',
    says: 'It removes data or structure, and nothing here brings it back',
    side: 'added',
    test: /\b(?:DROP\s{1,3}(?:TABLE|COLUMN|SCHEMA|DATABASE|INDEX|VIEW)|TRUNCATE\b|ALTER\s{1,3}COLUMN\b.{0,40}\bTYPE\b)|\brm\s{1,3}-[a-zA-Z]{0,6}[rf][a-zA-Z]{0,6}\b|\bmkfs\b|\bdd\s{1,3}if=|\bterraform\s{1,3}(?:destroy|apply\b.{0,60}-auto-approve)|\bkubectl\s{1,3}delete\b|\bdropdb\b/i,
  },
  {
    id: 'all_rows',
    says: 'It changes or deletes every row: there is no WHERE',
    side: 'added',
    test: /\bDELETE\s{1,3}FROM\s{1,3}[\w."]{1,80}\s{0,3}(?:;|"|'|$)|\bUPDATE\s{1,3}[\w."]{1,80}\s{1,3}SET\b(?!.{0,400}\bWHERE\b)/i,
  },
  {
    id: 'history_rewritten',
    says: 'It rewrites or throws away history',
    side: 'added',
    test: /\bgit\b.{0,60}\bpush\b.{0,80}(?:--force\b|--force-with-lease\b|\s-f\b|\s\+\w)|\bgit\b.{0,40}\breset\s{1,3}--hard\b|\bgit\b.{0,40}\b(?:filter-branch|filter-repo|reflog\s{1,3}expire)\b|\bgit\s{1,3}clean\s{1,3}-[a-z]{0,4}f/,
  },
  {
    id: 'runs_what_it_fetches',
    says: 'It runs what it has just fetched or decoded',
    side: 'added',
    test: /\b(?:curl|wget)\b.{0,200}\|\s{0,3}(?:sudo\s{1,3})?(?:ba|z|da)?sh\b|\bbase64\s{1,3}(?:-d|--decode|-D)\b.{0,80}\|\s{0,3}\w{0,6}sh\b|\beval\s{0,3}[("'$`]|\bnew Function\(|\bpickle\.loads?\(|\byaml\.load\((?!.{0,60}Safe)/,
  },
  {
    id: 'secret_in_text',
    says: 'There was a secret in it, or there is one',
    side: 'either',
    test: /\[redacted:[a-z_]{1,40}\]|\b(?:password|passwd|secret|api_?key|token)["']?\s{0,3}[=:]\s{0,3}["'][^"'\s$%<{]{6,80}["']/i,
  },
]

/** Rules that look at lines that stand together: what was taken away beside what came instead. */
export const HUNK_RULES: readonly {
  id: string
  says: string
  find: (removed: readonly ChangedLine[], added: readonly ChangedLine[]) => readonly ChangedLine[]
}[] = [
  {
    id: 'comparison_changed',
    says: 'A comparison or a condition became another one',
    find: (removed, added) => turned(removed, added, operatorsOut, operatorsOf),
  },
  {
    id: 'number_changed',
    says: 'A number became another one',
    find: (removed, added) => turned(removed, added, numbersOut, numbersOf),
  },
  {
    id: 'condition_removed',
    says: 'It takes a condition or a check away, and puts none in its place',
    find: (removed, added) => {
      const gone = removed.filter(({ text }) => CONDITION.test(text))
      return gone.length > added.filter(({ text }) => ASKED.test(text)).length ? gone : []
    },
  },
  {
    id: 'unseen_characters',
    says: 'It holds characters that cannot be seen, or that turn text around',
    find: (removed, added) => added.filter(({ text }) => countUnseen(spellOut(text)) > 0),
  },
]

const CONDITION =
  /\b(?:if|elif|unless|when|guard|assert|require[sd]?|where|validate\w{0,20}|verify\w{0,20}|check\w{0,20}|ensure\w{0,20}|authori[sz]e\w{0,12}|permission\w{0,12})\b|&&|\band\b/i

/** What counts as a check in its place: one that asks, not a word like `verify` in a setting. */
const ASKED =
  /\b(?:if|elif|unless|when|guard|where)\b|&&|\band\b|\b(?:assert|require|validate|verify|check|ensure|authori[sz]e)\w{0,20}\s?\(|\bassert\s/i

const OPERATORS =
  /===|!==|==|!=|<=|>=|&&|\|\||(?<![-=])>|<|(?<![!=<>])!(?!=)|\b(?:and|or|not|in|AND|OR|NOT|true|false|True|False|any|all|include|exclude|allow|deny)\b/g
const NUMBERS = /(?<![\w.])\d{1,20}(?:\.\d{1,20})?(?![\w.])/g

const operatorsOut = (text: string): string => text.replaceAll(OPERATORS, '§').replaceAll(/\s+/g, '')
const operatorsOf = (text: string): string => (text.match(OPERATORS) ?? []).join(' ')
const numbersOut = (text: string): string => text.replaceAll(NUMBERS, '§').trim()
const numbersOf = (text: string): string => (text.match(NUMBERS) ?? []).join(' ')

/** The added lines that differ from a removed one in exactly what `of` reads, and in nothing else. */
function turned(
  removed: readonly ChangedLine[],
  added: readonly ChangedLine[],
  out: (text: string) => string,
  of: (text: string) => string,
): ChangedLine[] {
  const before = new Map(removed.map(({ text }) => [out(text), of(text)]))
  return added.filter(({ text }) => {
    const was = before.get(out(text))
    return was !== undefined && was !== of(text) && out(text).includes('§')
  })
}
