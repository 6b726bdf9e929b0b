import {
  type Assignment,
  type Command,
  forEachChild,
  type HereDoc,
  parse,
  type ParsedScript,
  type Redirection,
  type SyntaxNode,
  type WordPart,
  type Word as ShellWord,
} from 'unbash'
import { mayWrite } from './paths'
import { known, type Place, type Reading, UNKNOWN, type Word } from './reading'
import { DEEPEST, type Frame, type Input, MOST_PARTS, Runs } from './runs'
import { LONGEST_COMMAND, screened } from './screen'
import { readWord } from './word'

/**
 * Reads a command as a POSIX shell or Bash would, and lists every simple command in it, those inside substitutions, loops,
 * wrappers (`env`, `sudo`, `xargs`, `sh -c`, `find -exec`, …) and here-documents fed to shells among them, with a doubt for
 * everything that cannot be known beforehand (ADR 0017). Pure; bounded in length, nesting and number.
 */
export function readCommand(text: string, place: Place): Reading {
  const walker = new Walker(place)
  walker.script(text, { outer: null, cwds: walker.start(), depth: 0, input: undefined, guess: false, env: [] })
  return { parts: walker.parts, doubts: walker.doubts, redirected: walker.redirected }
}

/** The same for a command that is already cut into words, as some tools send it: nothing is expanded. */
export function readWords(words: readonly string[], place: Place): Reading {
  const walker = new Walker(place)
  const cwds = walker.start()
  const frame: Frame = { outer: null, cwds, depth: 0, input: undefined, guess: false, env: [] }
  const text = words.join(' ')
  const [first = ''] = words
  if (first.includes('=') || first.startsWith('-')) {
    // whoever starts it by way of env runs a later word as the program
    walker.doubt(text, 'which program it runs is not known before it runs')
    walker.run(['env', ...words].map(known), [], text, frame)
  } else walker.run(words.map(known), [], text, frame)
  return { parts: walker.parts, doubts: walker.doubts, redirected: walker.redirected }
}

const LOOP_NAME = /^(?:[a-z]|file|dir|name|pkg|package|test|item|line|word|branch|commit|attempt|try)$/
/** Characters of shell that are parsed for one command, texts within it counted again. */
const MOST_READ = 2 * LONGEST_COMMAND

class Walker extends Runs {
  private source = ''
  private left = MOST_READ

  /** A whole text of shell, parsed. */
  override script(text: string, frame: Frame, same = false): void {
    const refused = screened(text)
    if (refused !== null) return void this.doubts.push(refused)
    this.left -= text.length
    if (frame.depth > DEEPEST || this.left < 0) return this.doubt(text, 'it is nested too deeply to read')
    const before = { source: this.source, cwds: this.cwds }
    this.source = text
    this.cwds = frame.cwds
    try {
      this.parsed(parse(text), frame)
    } catch {
      this.doubt(text, 'it cannot be read as shell')
    }
    this.source = before.source
    this.cwds = same && this.cwds !== before.cwds ? either(before.cwds, this.cwds) : before.cwds
  }

  private parsed(script: ParsedScript, frame: Frame): void {
    const source = this.source
    if (script.source !== undefined) this.source = script.source
    const [error] = script.errors ?? []
    if (error !== undefined) this.doubt(this.source, 'it cannot be read as shell')
    for (const statement of script.commands) this.node(statement, frame)
    this.source = source
  }

  private children(node: SyntaxNode, frame: Frame): void {
    forEachChild(node, (child) => this.node(child, frame))
  }

  private node(node: SyntaxNode, frame: Frame): void {
    if (this.parts.length >= MOST_PARTS) return this.doubt(this.source, 'it runs too many commands')
    const said = () => this.source.slice(node.pos, node.end)
    switch (node.type) {
      case 'Script':
        return this.apart(() => this.parsed(node, { ...frame, outer: null, depth: frame.depth + 1 }))
      case 'Command':
        return this.command(node, frame)
      case 'AndOr': {
        const seen = new Set(this.cwds)
        node.commands.forEach((command, i) => {
          const before = this.cwds
          this.node(command, frame)
          for (const cwd of this.cwds) seen.add(cwd)
          // After "&&" a change of directory has happened; otherwise it may have.
          if (this.cwds !== before && node.operators[i] !== '&&') this.cwds = either(before, this.cwds)
        })
        this.cwds = this.cwds.length === 0 ? [] : [...seen]
        return
      }
      case 'Statement': {
        const before = this.cwds
        this.children(node, frame)
        if (this.cwds !== before) this.cwds = either(before, this.cwds)
        return
      }
      case 'Pipeline':
        node.commands.forEach((command, i) => {
          const run = () => this.node(command, i === 0 ? frame : { ...frame, input: null })
          // The last one runs in the shell itself in zsh, and in bash under lastpipe.
          if (i === node.commands.length - 1) run()
          else this.apart(run)
        })
        return
      case 'Subshell':
        return this.apart(() => this.children(node, frame))
      case 'Redirected': {
        const input = this.redirects(node.redirects, frame)
        return this.node(node.command, input === undefined ? frame : { ...frame, input })
      }
      case 'Function':
        this.doubt(said(), 'it gives a name a new meaning')
        return this.children(node, frame)
      case 'Coproc':
        this.doubt(said(), 'it runs beside the line')
        return this.children(node, frame)
      case 'For':
      case 'Select':
      case 'While':
        // A loop sets its variable: PATH, or what zsh ties to it.
        if (node.type !== 'While' && !LOOP_NAME.test(node.name.text)) this.doubt(said(), 'it sets a variable')
        this.loops += 1
        this.children(node, frame)
        this.loops -= 1
        return
      case 'ParameterExpansion':
        if (node.operation?.type === 'Default' && node.operation.operator.endsWith('='))
          this.doubt(said(), 'it sets a variable')
        return this.children(node, frame)
      case 'CommandExpansion':
        return documentIn(node.script) === null ? this.children(node, frame) : undefined
      case 'ArithmeticFor':
        this.doubt(said(), 'it calculates with names')
        return this.children(node, frame)
      case 'ArithmeticCommand':
      case 'ArithmeticExpansion':
        // A name in arithmetic is evaluated again, commands in its index included.
        if (!/^[\s\d+\-*/%()<>=!&|^~?:,$]*$/.test(said())) this.doubt(said(), 'it calculates with names')
        return this.children(node, frame)
      case 'TestBinary':
        if (/^-(?:eq|ne|lt|le|gt|ge)$/.test(node.operator) && !(isNumber(node.left) && isNumber(node.right)))
          this.doubt(said(), 'it calculates with names')
        return this.children(node, frame)
      case 'TestUnary':
        if (/^-[vR]$/.test(node.operator)) this.doubt(said(), 'it calculates with names')
        return this.children(node, frame)
      default:
        return this.children(node, frame)
    }
  }

  /** What runs in a process of its own changes no directory outside it. */
  private apart(run: () => void): void {
    const { cwds } = this
    run()
    this.cwds = cwds
  }

  private command(node: Command, frame: Frame): void {
    const shown = this.source.slice(node.pos, node.end)
    const here: Frame = { ...frame, cwds: this.cwds }
    // Whatever a shell would run to make the words runs as well.
    const visit = (word: SyntaxNode) => this.children(word, { ...here, input: undefined })
    for (const item of [...node.prefix, ...node.suffix]) if (!isRedirection(item)) visit(item)
    if (node.name !== undefined) visit(node.name)
    const fed = this.redirects(node.redirects, here)
    const input = fed === undefined ? frame.input : fed
    const env = node.prefix.filter((item): item is Assignment => item.type === 'Assignment')
    const names = env.map((each) => this.assigned(each))
    if (node.name === undefined) {
      this.environment(names, shown)
      return
    }
    const words = [node.name, ...node.args].map((each) =>
      each.type === 'Word' ? this.word(each) : this.argument(each),
    )
    this.run(words, names, shown, { ...here, input })
  }

  private word(word: ShellWord): Word {
    return readWord(word, (part) => textOf(part))
  }

  /** `name=value` behind a command that takes assignments. */
  private argument(item: Assignment): Word {
    const { name, value } = this.assigned(item)
    return value === null ? UNKNOWN : known(`${name}=${value}`)
  }

  private assigned(item: Assignment): { name: string; value: string | null } {
    const plain = item.value.type === 'Word' && item.append !== true && item.index === undefined
    const value = plain && item.value.type === 'Word' ? this.word(item.value) : UNKNOWN
    return { name: item.name, value: value.open === 'no' ? value.value : null }
  }

  /** What stands around a command: files it is fed from, and files it writes. Answers with what it is fed. */
  private redirects(all: readonly Redirection[], frame: Frame): Input {
    let input: Input
    for (const one of all) {
      const shown = this.source.slice(one.pos, one.end)
      this.children(one, { ...frame, input: undefined })
      if (one.descriptor?.type === 'FileDescriptorVariable') this.doubt(shown, 'it redirects through a name')
      if (one.type === 'HereDoc') {
        if (one.closing === undefined) this.doubt(shown, 'it cannot be read as shell')
        input = isPlain(one) ? one.body.text : null
        continue
      }
      const target = one.target === undefined ? UNKNOWN : this.word(one.target)
      if (one.type !== 'HereString' && target.open !== 'any' && this.redirected.length < MOST_PARTS)
        this.redirected.push({ value: target.value, cwds: frame.cwds })
      if (one.type === 'HereString') input = target.open === 'no' ? target.value : null
      else if (/^[<>]&$/.test(one.operator) && /^(?:\d+|-)$/.test(target.value)) continue
      else if (one.operator === '<') {
        input = null
        const reads = target.open === 'no' && (target.value === '/dev/null' || this.isInside(target.value, frame.cwds))
        if (!reads) this.doubt(shown, 'it reads from outside the workspace')
      } else if (!mayWrite(target, frame.cwds, this.place.workspace)) this.doubt(shown, 'it writes to a file')
    }
    return input
  }
}

/** Where one may be after a change of directory that may not have happened. */
function either(before: readonly string[], after: readonly string[]): readonly string[] {
  return after.length === 0 || before.length === 0 ? [] : [...new Set([...before, ...after])]
}

const isNumber = ({ text }: ShellWord): boolean => /^(?:-?\d+|\$[?#])$/.test(text)

function isRedirection(item: Command['suffix'][number] | Command['prefix'][number]): item is Redirection {
  return item.type === 'Redirect' || item.type === 'HereString' || item.type === 'HereDoc'
}

/** The text of `$(cat <<'EOF' … EOF)`, a substitution that runs nothing but `cat` of a text; null for any other. */
function textOf(part: WordPart): string | null {
  const document = part.type === 'CommandExpansion' ? documentIn(part.script) : null
  return document === null ? null : document.replace(/\n+$/, '')
}

function documentIn(script: ParsedScript | undefined): string | null {
  const [statement, ...more] = script?.commands ?? []
  const command = statement?.command
  if (script?.errors !== undefined || more.length > 0 || command?.type !== 'Command') return null
  const [input, ...rest] = command.suffix
  const bare = command.prefix.length === 0 && command.name?.text === 'cat' && rest.length === 0
  if (!bare || input?.type !== 'HereDoc' || input.operator !== '<<') return null
  return isPlain(input) ? input.body.text : null
}

/** Whether a shell takes the body as it is written. */
function isPlain({ delimiter, body }: HereDoc): boolean {
  return delimiter?.quoted === true || (body.parts === undefined && !body.text.includes('\\'))
}
