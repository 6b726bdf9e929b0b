// Turns the calls of AgentDojo (calls.jsonl, one JSON object a line) into a trace for `npx countersign replay`:
//   node docs/examples/agentdojo/convert.mjs CALLS.jsonl SUITE [user|injection] > trace.jsonl
// A tool becomes `suite.function`, and the calls of one task are one run.
import { readFileSync } from 'node:fs'

const [file, suite, kind] = process.argv.slice(2)
if (file === undefined || suite === undefined) {
  process.stderr.write('Usage: node convert.mjs CALLS.jsonl SUITE [user|injection]\n')
  process.exit(2)
}
const calls = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line))
  .filter((call) => call.suite === suite && (kind === undefined || call.kind === kind))
for (const call of calls) {
  const line = {
    tool: `${suite}.${call.function}`,
    arguments: call.args,
    run_id: `${suite}/${call.kind}/${call.task_id}`,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
