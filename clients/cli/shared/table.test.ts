import { describe, expect, it } from 'vitest'
import type { Command } from './command'
import { type Exit, EXIT_WORDS, EXITS, exitForStatus } from './exits'
import { exitsOf } from './help'
import { main } from './main'
import { allVerbs, loadVerb } from './table'
import type { Verb } from './verb'

const verbs = await allVerbs()
const commands = verbs.flatMap((verb) => verb.commands.map((command) => ({ verb, command })))
const words = (verb: Verb, { words: more }: Command) => [verb.name, ...(more === '' ? [] : [more])]
const named = commands.map(({ verb, command }) => [words(verb, command).join(' '), verb, command] as const)

async function countersign(...args: string[]) {
  let [out, error] = ['', '']
  const terminal = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) }
  return { exit: await main(args, terminal, {}), out, error }
}

describe('the table of verbs', () => {
  it('has every verb with at least one command, each by the name of its file', async () => {
    expect(verbs.length).toBeGreaterThan(10)
    for (const { name, commands: own } of verbs) {
      expect(own.length, name).toBeGreaterThan(0)
      expect((await loadVerb(name)).verb.name).toBe(name)
      expect(new Set(own.map(({ words: each }) => each)).size, name).toBe(own.length)
    }
  })

  it.each(named)(
    '%s has help: usage, every option, an example that names it, and exits of the one table',
    async (name, verb, command) => {
      const { exit, out, error } = await countersign(...words(verb, command), '--help')
      expect({ exit, error }).toEqual({ exit: 0, error: '' })
      expect(out).toMatch(new RegExp(`^Usage: npx countersign ${name}( |\\n)`))
      for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`)
      for (const place of command.places) expect(out).toContain(place.name)
      expect(command.examples.length).toBeGreaterThan(0)
      for (const example of command.examples) expect(example).toContain(`countersign ${name}`)
      expect(out).toContain('Exit codes')
      for (const [code] of exitsOf(command)) expect(out).toMatch(new RegExp(`^ {2}${String(EXITS[code])} `, 'm'))
      for (const code of Object.keys(command.exits ?? {})) expect(Object.keys(EXITS)).toContain(code)
      // a command that is shown is not cut
      const lines = out.split('\n').filter((line) => !line.includes('countersign '))
      expect(lines.filter((line) => line.length > 120)).toEqual([])
    },
  )

  it.each(named)('%s takes --json and --help, and its options are told in full', (_, __, { options }) => {
    expect(options).toMatchObject({ json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } })
    for (const [name, { type, value, says, multiple }] of Object.entries(options)) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect(says, name).not.toBe('')
      expect(value !== undefined, `${name} has a value`).toBe(type === 'string')
      if (multiple) expect(type).toBe('string')
    }
  })

  it.each(named)(
    '%s answers an option it does not know with exit 2 and the nearest one, to programs as JSON',
    async (name, verb, command) => {
      const plain = await countersign(...words(verb, command), '--jsn')
      expect(plain).toMatchObject({ exit: 2, out: '' })
      expect(plain.error).toContain('There is no option --jsn. Did you mean --json?')
      expect(plain.error).toContain(`npx countersign ${name} --help`)
      const { exit, out, error } = await countersign(...words(verb, command), '--hlp', '--json')
      expect({ exit, error }).toEqual({ exit: 2, error: '' })
      expect(JSON.parse(out)).toEqual({
        ...{ verb: name, exit: 2 },
        error: { code: 'usage', detail: 'There is no option --hlp. Did you mean --help?' },
      })
    },
  )

  it('of exits is closed, and no two names share a code', () => {
    const codes = Object.values(EXITS)
    expect(new Set(codes).size).toBe(codes.length)
    expect(Object.keys(EXIT_WORDS)).toEqual(Object.keys(EXITS))
    // 126 and up are the shell's own
    expect(codes.every((code) => code >= 0 && code < 126)).toBe(true)
  })

  it.each<[number, Exit]>([
    [400, 'no'],
    [401, 'signed_out'],
    [403, 'no'],
    [409, 'no'],
    [429, 'unreachable'],
    [500, 'unreachable'],
    [503, 'unreachable'],
  ])('reads a status %i as %s', (status, exit) => {
    expect(exitForStatus(status)).toBe(EXITS[exit])
  })
})

describe('npx countersign', () => {
  it('alone says how it is used, and that it was not', async () => {
    expect(await countersign()).toMatchObject({ exit: 2, out: '' })
    const { exit, out } = await countersign('--help')
    expect(exit).toBe(0)
    for (const { name, summary } of verbs) expect(out.replaceAll(/\s+/g, ' ')).toContain(`${name} ${summary}`)
    expect((await countersign('help')).out).toBe(out)
  })

  it('help VERB is VERB --help', async () => {
    expect(await countersign('help', 'halt', 'list')).toEqual(await countersign('halt', 'list', '--help'))
  })

  it.each([
    [['hlat'], 'There is no verb "hlat". Did you mean halt?'],
    [['simul'], 'There is no verb "simul". Did you mean simulate?'],
    [['xyzzy'], 'There is no verb "xyzzy".\n'],
    [['--server', 'x'], 'Say the verb first, then --server.'],
    [['boundary'], 'Say what to do: boundary '],
    [['boundary', 'psh', 'x'], 'There is no boundary "psh". Did you mean push?'],
    [['hook', 'token', 'more'], '"more" is too much.'],
  ])('%j is answered with the nearest name', async (args, says) => {
    const { exit, out, error } = await countersign(...args)
    expect({ exit, out }).toEqual({ exit: 2, out: '' })
    expect(error).toContain(says)
    const json = await countersign(...args, '--json')
    expect(json).toMatchObject({ exit: 2, error: '' })
    expect(JSON.parse(json.out)).toMatchObject({ exit: 2, error: { code: 'usage' } })
  })
})
