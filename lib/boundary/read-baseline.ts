import type { Db } from '@/lib/db/client'
import { catalogue } from '@/lib/tools/read'
import type { Boundary } from './boundary'
import { contradicted, overruled, type Overruled } from './overruled'
import { parseBaseline } from './parse'
import { allInForce, baselineInForce, countGoverned } from './read'
import { BASELINE_TEMPLATE } from './template'

/** Before there is a baseline: how many agents one would bind, what a first one begins with, and what that would overrule today. */
export async function readBaselineEmpty(
  db: Db,
): Promise<{ agents: number; template: string; overruled: (Overruled & { agent: string })[] }> {
  const [agents, inForce, tools] = await Promise.all([countGoverned(db), allInForce(db), catalogue(db)])
  const parsed = parseBaseline(BASELINE_TEMPLATE)
  return {
    agents,
    template: BASELINE_TEMPLATE,
    overruled: parsed.ok
      ? inForce.flatMap(({ slug, document }) =>
          overruled(document, parsed.document, tools).map((one) => ({ ...one, agent: slug })),
        )
      : [],
  }
}

/** What of a text the baseline in force overrules, with its version; null where none is signed. */
export async function contradictedBy(
  db: Db,
  document: Boundary,
): Promise<{ version: number; clauses: Overruled[] } | null> {
  const [baseline, tools] = await Promise.all([baselineInForce(db), catalogue(db)])
  if (baseline === null) return null
  return { version: baseline.version, clauses: contradicted(document, baseline.document, tools) }
}
