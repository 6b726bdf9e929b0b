import type { Command, Offers } from '../shared/command'
import type { Verb } from '../shared/verb'

/** Bash's `complete` (bash(1), Programmable Completion); needs nothing of bash-completion. */
export function bash(verbs: readonly Verb[]): string {
  const commands = verbs.flatMap((verb) => verb.commands.map((each) => ({ path: pathOf(verb, each), command: each })))
  const words = verbs.map((verb) => ({
    path: verb.name,
    words: verb.commands.map(({ words: each }) => each).filter((each) => each !== ''),
  }))
  return `# countersign: completion for bash, made by "countersign completion bash".
_countersign_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_countersign_offer() {
  case "$1" in
    file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")) ;;
    folder) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")) ;;
    ?*) _countersign_words "$1" ;;
  esac
}
# What a command has: its options, those of them that take a value, and the words that may follow it.
_countersign_command() {
  options= valued= follow=
  case "$1" in
    '') follow='${[...verbs.map(({ name }) => name), 'help'].join(' ')}' ;;
${commands.map(({ path, command }) => commandCase(path, command, words)).join('')}${words
    .filter(({ path }) => !commands.some((each) => each.path === path))
    .map(({ path, words: each }) => `    '${path}') follow='${each.join(' ')}' options='--help' ;;\n`)
    .join('')}  esac
}
_countersign_value() {
  case "$1" in
${commands.flatMap(({ path, command }) => valueCases(path, command)).join('')}  esac
}
_countersign_place() {
  case "$1" in
${commands.flatMap(({ path, command }) => placeCases(path, command)).join('')}  esac
}
_countersign() {
  local cur path='' options valued follow word prev='' wants='' at=0 i given
  COMPREPLY=()
  # words as they were typed: bash would cut a URL at its colons
  read -ra given <<<"\${COMP_LINE:0:COMP_POINT}"
  [[ \${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && given+=('')
  cur=\${given[-1]}
  i=1
  if [[ \${given[0]} == *npx ]]; then
    if (( \${#given[@]} == 2 )); then COMPREPLY=($(compgen -W countersign -- "$cur")); return; fi
    [[ \${given[1]} == countersign ]] || return
    i=2
  fi
  _countersign_command ''
  for (( ; i < \${#given[@]} - 1; i++ )); do
    word=\${given[i]}
    if [[ -n $wants ]]; then wants=; continue; fi
    [[ $word == -- ]] && return
    if [[ $word == -* ]]; then
      [[ " $valued " == *" $word "* ]] && wants=$word
      continue
    fi
    if (( at == 0 )) && [[ " $follow " == *" $word "* && $word != help ]]; then
      path=\${path:+$path }$word
      _countersign_command "$path"
    elif [[ $path == '' && $word == help ]]; then follow=\${follow/ help/}
    else (( ++at )); fi
  done
  if [[ -n $wants ]]; then _countersign_value "$path $wants"
  elif [[ $cur == -* ]]; then _countersign_words "$options"
  else
    (( at == 0 )) && _countersign_words "$follow"
    local found=("\${COMPREPLY[@]}")
    COMPREPLY=()
    _countersign_place "$path $at"
    COMPREPLY+=("\${found[@]}")
  fi
}
complete -F _countersign countersign
complete -p npx &>/dev/null || complete -o bashdefault -o default -F _countersign npx
`
}

const pathOf = (verb: Verb, { words }: Command): string => [verb.name, words].filter((each) => each !== '').join(' ')

function commandCase(path: string, { options }: Command, all: { path: string; words: string[] }[]): string {
  const names = Object.keys(options).map((name) => `--${name}`)
  const valued = Object.entries(options).flatMap(([name, { type }]) => (type === 'string' ? [`--${name}`] : []))
  const follow = all.find((each) => each.path === path)?.words ?? []
  return `    '${path}') options='${names.join(' ')}' valued='${valued.join(' ')}' follow='${follow.join(' ')}' ;;\n`
}

function valueCases(path: string, { options }: Command): string[] {
  return Object.entries(options).flatMap(([name, { offers }]) =>
    offers === undefined ? [] : [`    '${path} --${name}') _countersign_offer '${offered(offers)}' ;;\n`],
  )
}

function placeCases(path: string, { places }: Command): string[] {
  return places.flatMap(({ offers, many }, at) =>
    offers === undefined
      ? []
      : [`    '${path} '${many ? '*' : `'${String(at)}'`}) _countersign_offer '${offered(offers)}' ;;\n`],
  )
}

const offered = (offers: Offers): string => (typeof offers === 'string' ? offers : offers.join(' '))
