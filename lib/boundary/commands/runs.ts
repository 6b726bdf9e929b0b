import { isHarmless } from './environment'
import { inside, programName } from './paths'
import { type Doubt, type Part, type Place, UNKNOWN, type Word } from './reading'
import { ALTERING, findRuns, plainGit, RUNNERS, shellScript, SHELLS, unwrap, WRAPPERS, xargsRuns } from './wrappers'

export const MOST_PARTS = 200
export const DEEPEST = 12
const LONGEST_SHOWN = 200

/** The text a here-document or here-string feeds in; null: something nobody can read beforehand; undefined: nothing. */
export type Input = string | null | undefined
/** What stands around a command while it is read. */
export type Frame = {
  outer: Part['outer']
  cwds: readonly string[]
  depth: number
  input: Input
  guess: boolean
  env: Part['env']
}

/** Commands as words: each becomes a part, and so does whatever its words run. Texts of shell go back to `script`. */
export abstract class Runs {
  readonly parts: Part[] = []
  readonly doubts: Doubt[] = []
  readonly redirected: { value: string; cwds: readonly string[] }[] = []
  protected cwds: readonly string[] = []
  /** how many loops stand around: what changes a directory there may do so again and again */
  protected loops = 0

  constructor(protected readonly place: Place) {}

  /** @param same it runs in this very shell, so that a directory it changes to stays changed */
  abstract script(text: string, frame: Frame, same?: boolean): void

  start(): readonly string[] {
    const { cwd, workspace } = this.place
    const at = cwd === null ? '' : inside(cwd, '', workspace)
    if (at === null) this.doubt(cwd ?? '', 'it runs outside the workspace')
    return at === null ? [] : [at]
  }

  doubt(text: string, why: string): void {
    if (this.doubts.length < MOST_PARTS) this.doubts.push({ text: text.slice(0, LONGEST_SHOWN), why })
  }

  protected isInside(path: string, cwds: readonly string[]): boolean {
    return cwds.length > 0 && cwds.every((cwd) => inside(path, cwd, this.place.workspace) !== null)
  }

  protected environment(env: Part['env'], shown: string): void {
    for (const one of env) if (!isHarmless(one)) this.doubt(shown, `it sets ${one.name.slice(0, 40)}`)
  }

  /** One command as words: itself, and whatever its words run. */
  run(given: readonly Word[], env: Part['env'], text: string, frame: Frame): void {
    const [first] = given
    if (first === undefined) return
    if (this.parts.length >= MOST_PARTS || frame.depth > DEEPEST) return this.doubt(text, 'it runs too many commands')
    if (frame.cwds.length === 0) this.doubt(text, 'nobody can tell where it runs')
    if (first.open !== 'no' || first.value === '') {
      this.doubt(text, 'which program it runs is not known before it runs')
    }
    const name = first.open === 'no' ? programName(first.value, frame.cwds, this.place.workspace) : null
    if (name === null && first.open === 'no') this.doubt(text, 'the program is outside the workspace')
    const program = name ?? first.value.slice(first.value.lastIndexOf('/') + 1)
    const words = [{ value: program, open: name === null ? ('any' as const) : first.open }, ...given.slice(1)]
    const base = program.slice(program.lastIndexOf('/') + 1).toLowerCase()
    const part: Part = {
      text: text.slice(0, LONGEST_SHOWN),
      words,
      env: [...frame.env, ...env],
      clear: false,
      glimpsed: frame.guess,
      outer: frame.outer,
      literal: 0,
      cwds: frame.cwds,
    }
    const at = this.parts.push(part) - 1
    // A file of the workspace that is called like a wrapper is no wrapper.
    const put = (change: Partial<Part>) => {
      this.parts[at] = { ...part, ...change, clear: change.clear === true && program === base }
    }
    this.inner(base, words, text, { ...frame, env: part.env, depth: frame.depth + 1 }, at, put)
  }

  private inner(
    base: string,
    words: Word[],
    text: string,
    frame: Frame,
    at: number,
    put: (change: Partial<Part>) => void,
  ): void {
    const listed = (from: number): Frame => ({ ...frame, outer: { part: at, from } })
    const string = listed(Number.POSITIVE_INFINITY)
    const cut = (from: number) => words.slice(from)
    if (ALTERING.has(base)) return this.doubt(text, 'it changes what later words mean')
    if (base === 'cd') return this.changeDirectory(words, text)
    if (base === 'export' || base === 'set') return this.setting(base, words, text)
    if (SHELLS.has(base)) {
      const found = shellScript(words)
      if (found === null) return this.doubt(text, 'an option of the shell is not known')
      if (found === 'file') return
      put({ clear: true })
      const fed = found === 'input' ? (frame.input ?? null) : found.script.open === 'no' ? found.script.value : null
      if (fed === null) return this.doubt(text, 'what the shell runs is not known before it runs')
      return this.script(fed, { ...string, input: undefined })
    }
    if (base === 'eval' || base === 'watch' || base === 'trap') {
      const from = base === 'watch' ? unwrap(words, WATCH)?.from : 1
      const said = from === undefined ? [UNKNOWN] : base === 'trap' ? words.slice(1, 2) : cut(from)
      if (base !== 'trap') put({ clear: true })
      if (said.some(({ open }) => open !== 'no')) return this.doubt(text, 'what it runs is not known before it runs')
      const line = said.map(({ value }) => value).join(' ')
      // A trap runs whenever it likes.
      this.loops += base === 'trap' ? 1 : 0
      if (base !== 'trap' || !/^-?$/.test(line)) this.script(line, string, base !== 'watch')
      this.loops -= base === 'trap' ? 1 : 0
      return
    }
    if (base === 'xargs') {
      put({ clear: true })
      const inner = xargsRuns(words)
      return inner === null
        ? this.unwrapped(words, text, frame)
        : this.run(inner, [], saidOf(inner), { ...frame, input: null })
    }
    if (base === 'find') {
      for (const { from, words: inner } of findRuns(words))
        this.run(inner, [], saidOf(inner), { ...frame, outer: { part: at, from } })
      return
    }
    if (base === 'git') {
      const { words: plain, configs, dirs, odd } = plainGit(words)
      for (const config of configs) {
        const script = /^alias\.[^=]*=!([\s\S]*)$/i.exec(config)?.[1]
        if (script !== undefined) this.script(script, string)
      }
      if (odd) this.doubt(text, 'an option in front of git’s subcommand changes what it does')
      if (!dirs.every(({ value, open }) => open === 'no' && this.isInside(value, frame.cwds)))
        this.doubt(text, 'it runs outside the workspace')
      return put({ words: plain })
    }
    if (base === 'ssh' || base === 'su') return this.elsewhere(base, words, text, { ...string, cwds: [''] })
    const wrapper = Object.hasOwn(WRAPPERS, base) ? WRAPPERS[base] : undefined
    if (wrapper !== undefined && !(base === 'command' && /^-[vV]/.test(words[1]?.value ?? ''))) {
      if (wrapper.listed !== true) put({ clear: true })
      const found = unwrap(words, wrapper)
      if (found === null) return this.unwrapped(words, text, frame)
      const env = found.assigned.map(({ value }) => ({
        name: value.slice(0, value.indexOf('=')),
        value: value.slice(value.indexOf('=') + 1),
      }))
      const runs = cut(found.from)
      if (runs.length > 0)
        return this.run(runs, env, saidOf(runs), wrapper.listed === true ? listed(found.from) : { ...frame })
      return wrapper.listed === true
        ? this.doubt(text, 'what it runs is not known before it runs')
        : this.environment(env, text)
    }
    const runner = [1, 2, 3].find((many) =>
      RUNNERS.has([base, ...words.slice(1, many).map(({ value }) => value)].join(' ')),
    )
    if (runner === undefined) return
    put({ literal: runner + 1 })
    this.glimpse(words, runner, text, { ...frame, outer: { part: at, from: runner } })
  }

  /** A wrapper whose options nobody knows: what follows any of its words may be what it runs. */
  private unwrapped(words: readonly Word[], text: string, frame: Frame): void {
    this.doubt(text, 'an option of what runs the rest is not known')
    this.glimpse(words, 1, text, frame)
  }

  private glimpse(words: readonly Word[], from: number, text: string, frame: Frame): void {
    if (frame.guess) return
    for (let at = from; at < Math.min(words.length, from + 8); at += 1) {
      const word = words[at] ?? UNKNOWN
      if (word.open !== 'no' || word.value === '' || word.value.startsWith('-')) continue
      const doubts = this.doubts.length
      if (/\s/.test(word.value)) this.script(word.value, { ...frame, depth: frame.depth + 1, guess: true })
      else this.run(words.slice(at), [], text, { ...frame, guess: true })
      this.doubts.length = doubts
    }
  }

  private elsewhere(base: string, words: readonly Word[], text: string, frame: Frame): void {
    if (base === 'su') {
      const at = words.findIndex(({ value }) => value === '-c' || value === '--command')
      const script = words[at + 1]
      if (at < 0 || script?.open !== 'no') return this.doubt(text, 'what it runs is not known before it runs')
      return this.script(script.value, frame)
    }
    const found = unwrap(words, SSH)
    const said = found === null ? [UNKNOWN] : words.slice(found.from)
    if (words.some(({ value }) => /^-o|^-F/.test(value))) this.doubt(text, 'an option of ssh can run a command here')
    if (said.length === 0 || said.some(({ open }) => open !== 'no'))
      return this.doubt(text, 'what it runs there is not known before it runs')
    this.script(said.map(({ value }) => value).join(' '), { ...frame, input: undefined })
  }

  private changeDirectory(words: readonly Word[], text: string): void {
    const to = words.slice(1).filter(({ value }) => value !== '--')
    const [target] = to
    const found =
      to.length === 1 && target?.open === 'no' && target.value !== '-' && target.value !== ''
        ? this.cwds.map((cwd) => inside(target.value, cwd, this.place.workspace))
        : [null]
    const inner = this.loops > 0 ? [] : found.filter((path) => path !== null)
    if (inner.length < found.length) this.doubt(text, 'it goes where nobody can tell, or out of the workspace')
    this.cwds = inner.length < found.length ? [] : inner
  }

  private setting(base: string, words: readonly Word[], text: string): void {
    const rest = words.slice(1)
    if (base === 'set') {
      const fine = rest.every(
        ({ value, open }) => open === 'no' && /^(?:[-+][euxvo]+|pipefail|errexit|nounset)$/.test(value),
      )
      if (!fine) this.doubt(text, 'it changes what later words mean')
      return
    }
    for (const { value, open } of rest) {
      const [, name, said] = /^(\w+)=([\s\S]*)$/.exec(value) ?? []
      if (open !== 'no' || name === undefined) this.doubt(text, 'it changes the environment')
      else this.environment([{ name, value: said ?? '' }], text)
    }
  }
}

/** Words as they would be typed, for people. */
const saidOf = (words: readonly Word[]): string =>
  words.map(({ value, open }) => (open === 'any' ? '…' : value)).join(' ')

const WATCH = {
  letters: 'bcdegptxw',
  valued: 'nq',
  long: ['differences', 'color', 'no-title'],
  longValued: ['interval'],
}
const SSH = {
  letters: '46AaCGgKkMNnqTtVvXxYy',
  valued: 'BbcDEeIiJLlmOPpQRSW',
  operands: 1,
}
