/**
 * Numbers for `/metrics` (Prometheus text format 0.0.4). Written out rather than taken from a library: a counter, a gauge and a
 * histogram are all we need, and both halves of the process must add to the same ones, which is what `globalThis` does here.
 */
type Labels = Readonly<Record<string, string>>
type Histogram = { counts: Float64Array; sum: number }
type Family = { kind: string; help: string; values: Map<string, number>; histograms: Map<string, Histogram> }

const SHARED = Symbol.for('countersign.metrics')
const holder = globalThis as { [SHARED]?: Map<string, Family> }
const families = (holder[SHARED] ??= new Map<string, Family>())

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const

function family(name: string, kind: string, help: string): Family {
  const made = families.get(name) ?? {
    kind,
    help,
    values: new Map<string, number>(),
    histograms: new Map<string, Histogram>(),
  }
  families.set(name, made)
  return made
}

/** Label values come from closed lists (routes, codes), never from what an agent sent: each one is a series for ever. */
function labelText(labels: Labels): string {
  let text = ''
  for (const name in labels)
    text += `${text === '' ? '' : ','}${name}="${(labels[name] ?? '').replace(/[\\"\n]/g, '_')}"`
  return text
}

/** A number that only grows. `name` ends in `_total`. */
export function counter(name: string, help: string): (labels?: Labels, by?: number) => void {
  const { values } = family(name, 'counter', help)
  return (labels = {}, by = 1) => {
    const at = labelText(labels)
    values.set(at, (values.get(at) ?? 0) + by)
  }
}

/** A number that is what it is now. */
export function gauge(name: string, help: string): (value: number, labels?: Labels) => void {
  const { values } = family(name, 'gauge', help)
  return (value, labels = {}) => {
    values.set(labelText(labels), value)
  }
}

/** How long things take, in seconds. `name` ends in `_seconds`. */
export function histogram(name: string, help: string): (seconds: number, labels?: Labels) => void {
  const { histograms } = family(name, 'histogram', help)
  return (seconds, labels = {}) => {
    const at = labelText(labels)
    let one = histograms.get(at)
    if (one === undefined) histograms.set(at, (one = { counts: new Float64Array(BOUNDS.length + 1), sum: 0 }))
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound)
    const slot = bucket === -1 ? BOUNDS.length : bucket
    one.counts[slot] = (one.counts[slot] ?? 0) + 1
    one.sum += seconds
  }
}

/** Everything counted so far, as Prometheus reads it. */
export function metricsText(): string {
  const lines: string[] = []
  for (const [name, { kind, help, values, histograms }] of families) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`)
    for (const [labels, value] of values) lines.push(`${name}${braced(labels)} ${value}`)
    for (const [labels, one] of histograms) lines.push(...histogramLines(name, labels, one))
  }
  return `${lines.join('\n')}\n`
}

/** Prometheus wants each bucket to count everything below it too. */
function histogramLines(name: string, labels: string, { counts, sum }: Histogram): string[] {
  let below = 0
  const buckets = [...counts].map((count, i) => {
    below += count
    return `${name}_bucket${braced(`${labels}${labels === '' ? '' : ','}le="${BOUNDS[i] ?? '+Inf'}"`)} ${below}`
  })
  return [...buckets, `${name}_sum${braced(labels)} ${sum}`, `${name}_count${braced(labels)} ${below}`]
}

const braced = (labels: string) => (labels === '' ? '' : `{${labels}}`)
