import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sampleAgent, sampleCredential, type Sample } from '@/lib/agents/testing'
import { draft } from '@/lib/boundary/draft'
import { sign } from '@/lib/boundary/sign'
import type { JsonObject } from '@/lib/core/json'
import { db, transaction } from '@/lib/db/client'
import type { TestDatabase } from '@/lib/db/testing'
import type { ActionOutput } from '@/lib/decisions/contract'
import { Decider, type Caller } from '@/lib/decisions/decide'
import { sampleTool } from '@/lib/decisions/governed-testing'
import { append } from '@/lib/ledger/append'
import type { Ledger } from '@/lib/ledger/handle'
import { sequenceOnce } from '@/lib/ledger/sequence'
import { testOrganisation, testPerson } from '@/lib/people/testing'
import { exportInput, type ExportInput } from './contract'
import { makeExport } from './make-export'

/** An organisation whose agents act under boundaries that were really signed, for database tests of this room. Not for the product. */
export type Acting = Sample & { caller: Caller }

/** Two agents that decided a few things; a sequencer that signs all the time, since an export waits to be signed over. */
export async function evidenceWorld({ pools }: TestDatabase, ledger: Ledger) {
  await testOrganisation()
  const auditor = await testPerson(['auditor'], 'Noor Haddad')
  const ciso = await testPerson(['ciso'], 'Ilse Tamm')
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bundle-'))
  const decider = new Decider({ connections: pools.app, publicUrl: () => new URL('http://localhost:3000') })
  const signing = { by: ledger as Ledger | null, done: Promise.resolve() }
  const keepSigning = async () => {
    for (let by = signing.by; by; by = signing.by) {
      await sequenceOnce(pools.sequencer, by, null)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const signAs = async (by: Ledger | null) => {
    signing.by = null
    await signing.done
    signing.by = by
    signing.done = keepSigning()
  }
  await signAs(ledger)

  async function governed(): Promise<Acting> {
    const agent = await sampleAgent(pools.superuser)
    const { agentId, personId, slug } = agent
    const { id } = await sampleCredential(pools.superuser, agent)
    const of = { id: agentId, slug, ownerId: personId, state: 'active' } as const
    const source = `agent: ${slug}\nmcp_scopes:\n  crm: [read]\nnever:\n  - crm.delete_all\n# <script>alert(1)</script>\n`
    const input = { source, note: '' }
    const { version, digest } = await transaction((tx) => draft(tx, { id: personId }, of, input, new Date()))
    const actor = `person:${personId}` as const
    await append(pools.app, { kind: 'agent.registered', actor, agent: agentId, owner: personId })
    await sign(db(), ciso, of, version, { digest, statement: 'I have read it' }, new Date())
    return { ...agent, caller: { agentId, credentialId: id, scope: 'act' } }
  }
  async function propose(agent: Acting, tool: string, args: JsonObject = {}): Promise<ActionOutput> {
    const resource = { type: 'order', id: '<b>A-17</b>' }
    const decided = await decider.decide(agent.caller, { tool, arguments: args, resource })
    if (!('answer' in decided)) throw new Error('it was asked for before')
    return decided.answer
  }
  async function bytesOf(asked: Partial<ExportInput>): Promise<Buffer> {
    const { pieces } = await makeExport(auditor, exportInput.parse({ format: 'bundle', ...asked }), new Date())
    const bytes: Buffer[] = []
    for await (const piece of pieces) bytes.push(piece)
    return Buffer.concat(bytes)
  }
  async function take(asked: Partial<ExportInput>, name: string): Promise<string> {
    const file = path.join(folder, `${name}.zip`)
    writeFileSync(file, await bytesOf(asked))
    return file
  }

  await sampleTool(pools.superuser, 'crm.get_order', 'read')
  const [agent, other] = [await governed(), await governed()]
  for (let i = 0; i < 12; i += 1) await propose(agent, 'crm.get_order', { i, note: 'naïve 漢字 \u202e' })
  for (let i = 0; i < 3; i += 1) await propose(other, 'crm.get_order')
  await propose(agent, 'crm.delete_all', { note: '=1+1' })
  const end = async () => {
    await signAs(null)
    rmSync(folder, { recursive: true })
  }
  return { auditor, ciso, folder, agent, other, propose, bytesOf, take, signAs, end }
}
