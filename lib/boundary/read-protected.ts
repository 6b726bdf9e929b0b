import type { Reader } from './reader'
import type { Tree } from './yaml'

const MOST_PROTECTED = 200
const SHAPE = /^[A-Za-z][A-Za-z0-9_-]{0,63}\/\S(?:.{0,250}\S)?$/

/** `protected`: resources of which every change by this agent asks a person: `type/name`, or `type/*` for all of a type. */
export function readProtected(reader: Reader, tree: Tree): string[] {
  const seen = new Set<string>()
  return reader
    .list(tree, 'protected', 'a list of resources, such as "detection_rule/edr-17"', MOST_PROTECTED)
    .flatMap((item, i) => {
      const path = `protected[${i}]`
      const text = reader.text(item, path, 'a resource, such as "detection_rule/edr-17" or "config/*"')
      if (text === null) return []
      const name = text.slice(text.indexOf('/') + 1)
      if (!SHAPE.test(text) || (name !== '*' && name.includes('*')))
        reader.fail(item, path, 'invalid_name', 'A resource is "type/name"; "type/*" means every one of that type.')
      else if (seen.has(text.toLowerCase()))
        reader.fail(item, path, 'duplicate_entry', `"${text}" is already in the list: keep one.`)
      seen.add(text.toLowerCase())
      return [text]
    })
}
