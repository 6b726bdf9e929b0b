import type { SentencePart } from '@/lib/decisions/sentence'
import type { Decision } from '@/lib/decisions/decision'
import type { EntryKind } from '@/lib/ledger/entry-kinds'
import type { FiringsView, ReportedVersion, ResourceRow } from '@/lib/resources/read'
import type { Standing } from '@/lib/resources/version'
import type { TestedAgainst } from '@/lib/runs/contract'

/** One change an agent proposed: who, on whose request, what it was tried on, who answered in which words, what came of it. */
export type ChangeView = {
  /** `act_…` */
  action: string
  at: string
  index: number | null
  agent: string
  owner: { id: string; name: string } | null
  requester: { id: string; proof: 'asserted' | 'verified' } | null
  sentence: readonly SentencePart[]
  decision: Decision
  /** where it stands now */
  status: string
  verdicts: readonly {
    person: { id: string; name: string }
    answer: 'approve' | 'reject'
    reason: string
    at: string
  }[]
  testedAgainst: readonly TestedAgainst[]
  /** of the content it carried; null where it carried none, or that is gone */
  digest: string | null
  said: 'open' | 'erased' | 'broken' | 'sensitive'
  doneAt: string | null
}

/** What happened to the mark itself. */
export type MarkEvent = { kind: EntryKind; at: string; index: number | null; by: { id: string; name: string } | null }

/** A protected resource as its page shows it (C21). Times are ISO 8601. */
export type ResourceView = {
  resource: ResourceRow
  standing: Standing
  reported: ReportedVersion | null
  /** the reporter also proposes changes of it: its word is then about its own work */
  reportsOnItself: boolean
  changes: readonly ChangeView[]
  /** the cursor of older changes; null at the end */
  older: string | null
  firings: FiringsView
  marks: readonly MarkEvent[]
}
