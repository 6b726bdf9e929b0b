import { parseArgs, type ParseArgsConfig } from 'node:util'
import { Trouble } from './trouble'

type Options = NonNullable<ParseArgsConfig['options']>

/** The arguments of a command by its options (node:util). @throws Trouble 2 in a sentence, for what is no option or lacks its value */
export function readArguments<const T extends Options>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Trouble(error instanceof Error ? error.message : 'The arguments cannot be read.', 2)
  }
}
