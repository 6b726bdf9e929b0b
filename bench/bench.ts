import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * One measured figure. `ratio` compares it with its ceiling in the same run (the same work without us); `budget` is what the design
 * promises, of the ratio where there is one and else of the value. A figure without a budget is told, and judged by nobody.
 */
export type Figure = {
  figure: string
  value: number
  unit: string
  ceiling?: number
  ratio?: number
  budget?: { at: 'most' | 'least'; is: number }
}

/** A bench: `bench/of-NAME.ts` exports it as `run`. `say` is for a line of progress. */
export type Run = (context: { root: string; say: (line: string) => void }) => Promise<Figure[]>

/** Whether a figure keeps its budget; null when it has none. */
export function kept({ value, ratio, budget }: Figure): boolean | null {
  if (budget === undefined) return null
  const judged = ratio ?? value
  return budget.at === 'most' ? judged <= budget.is : judged >= budget.is
}

/** Runs the named benches one after the other; answers whether every budget was kept. */
export async function runBench(
  root: string,
  names: readonly string[],
  load: (name: string) => Promise<{ run: Run }>,
): Promise<boolean> {
  const results: Record<string, (Figure & { kept: boolean | null })[]> = {}
  for (const name of names) {
    process.stdout.write(`\n${name}\n`)
    const { run } = await load(name)
    const figures = await run({ root, say: (line) => process.stdout.write(`  … ${line}\n`) })
    for (const figure of figures) process.stdout.write(`${lineOf(figure)}\n`)
    results[name] = figures.map((figure) => ({ ...figure, kept: kept(figure) }))
  }
  const file = path.join(root, '.data/bench.json')
  mkdirSync(path.dirname(file), { recursive: true })
  const machine = {
    cpus: os.cpus().length,
    model: os.cpus()[0]?.model ?? '',
    memory: os.totalmem(),
    node: process.version,
  }
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`)
  const over = Object.values(results)
    .flat()
    .filter((figure) => figure.kept === false)
  process.stdout.write(
    `\n${file}: ${over.length === 0 ? 'every budget is kept.' : `${over.length} over budget: ${over.map(({ figure }) => figure).join('; ')}.`}\n`,
  )
  return over.length === 0
}

const round = (value: number) => Number(value.toPrecision(4)).toLocaleString('en')

function lineOf(figure: Figure): string {
  const { value, unit, ratio, budget } = figure
  const judged = kept(figure)
  const words = budget
    ? `${budget.at === 'most' ? '≤' : '≥'} ${round(budget.is)} ${judged === true ? 'kept' : 'OVER BUDGET'}`
    : ''
  return `  ${figure.figure.padEnd(64)} ${`${round(value)} ${unit}`.padStart(18)} ${(ratio === undefined ? '' : `ratio ${round(ratio)}`).padStart(14)}  ${words}`
}

/** A percentile of some values, 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** How long some work took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now()
  await work()
  return performance.now() - since
}
