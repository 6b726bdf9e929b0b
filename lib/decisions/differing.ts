/**
 * Where calls that are alike differ: the names of the arguments whose values are not the same in all of them, and the value of each as
 * text. What every call has in common is told once. Arguments that are no object differ as a whole, under no name.
 */
export function differing(all: readonly unknown[]): {
  names: readonly string[]
  same: readonly (readonly [name: string, value: string])[]
  values: readonly (readonly string[])[]
} {
  const objects = all.map((one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? new Map(Object.entries(one))
      : new Map([['', one]]),
  )
  const names = [...new Set(objects.flatMap((each) => [...each.keys()]))]
  const texts = new Map(
    names.map((name) => [name, objects.map((each) => (each.has(name) ? textOf(each.get(name)) : '—'))]),
  )
  const differ = names.filter((name) => new Set(texts.get(name)).size > 1)
  return {
    names: differ,
    same: names.filter((name) => !differ.includes(name)).map((name) => [name, texts.get(name)?.[0] ?? ''] as const),
    values: objects.map((_, at) => differ.map((name) => texts.get(name)?.[at] ?? '')),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
