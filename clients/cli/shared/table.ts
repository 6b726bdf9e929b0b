import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Run, Verb } from './verb'

/** A verb with what runs it: each is a file `clients/cli/VERB.ts`, beside the sources or among the commands bundled from them. */
export type Loaded = { verb: Verb; run: Run }

const here = import.meta.dirname
const folder = path.basename(here) === 'shared' ? path.dirname(here) : here
/** Bundled chunks have capitals and digits in their names, tests a second dot. */
const FILE = /^([a-z]+(?:-[a-z]+)*)\.(?:ts|js)$/

/** The names of all verbs. */
export function verbNames(): string[] {
  return readdirSync(folder)
    .flatMap((file) => FILE.exec(file)?.[1] ?? [])
    .toSorted()
}

/** One verb by its name. @throws Error where it is no verb, or its file holds none: a defect */
export async function loadVerb(name: string): Promise<Loaded> {
  const file = readdirSync(folder).find((each) => FILE.exec(each)?.[1] === name)
  if (file === undefined) throw new Error(`there is no verb ${name}`)
  const found = (await import(pathToFileURL(path.join(folder, file)).href)) as Partial<Loaded>
  if (found.verb === undefined || found.run === undefined) throw new Error(`${file} holds no verb`)
  return { verb: found.verb, run: found.run }
}

/** The table of all verbs and their options, by name. */
export async function allVerbs(): Promise<Verb[]> {
  return Promise.all(verbNames().map(async (name) => (await loadVerb(name)).verb))
}
