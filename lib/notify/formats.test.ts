import { describe, expect, test } from 'vitest'
import { encodeEntry, parseEntry, type Entry } from '@/lib/ledger/entry'
import { leafHash } from '@/lib/ledger/merkle'
import type { LedgerEntry } from '@/lib/ledger/read'
import { cloudEvent, sourceOf } from './cloudevent'
import { itemOf, testItem, type Item } from './item'
import { ocsfEvent } from './ocsf-event'
import { otlpLogs, rejectedBy, severityOf } from './otlp'
import { frame, syslogMessage } from './syslog'
import { firstUnit } from './units'

const ORIGIN = 'countersign/00ff00ff00ff00ff00ff00ff'
const id = '019a0000-0000-7000-8000-00000000000a'
const agent = '019a0000-0000-7000-8000-0000000000a9'
const bytes = encodeEntry({
  id,
  kind: 'action.decided',
  actor: 'agent',
  agent,
  outcome: 'forbid',
  reason: 'never',
  tool: 'edr.isolate',
})
const projection = {
  ...{ tool: 'edr.isolate', resource_type: 'host', resource_id: 'lap\u202etop', requester: 'user:dana@example.com' },
  ...{ requester_proof: 'asserted' as const, sentence: 'isolate the laptop of Dana, who said her password is hunter2' },
  ...{ signals: ['hunter2'], intel: ['hunter2'], skill: 'hunter2', confidence: 0.5, amount: null },
}

function found(index: number, changed: Partial<LedgerEntry> = {}): LedgerEntry {
  const recordedAt = new Date('2026-11-20T14:02:11.250Z')
  return { id, index, recordedAt, entry: parseEntry(bytes), projection, leaf: leafHash(bytes), bytes, ...changed }
}
const entry = parseEntry(bytes) as Entry
const plain = itemOf(found(41), 'entries')
const unreadable = itemOf(found(42, { entry: null, bytes: Buffer.from('{}') }), 'entries')

describe('what is sent of an entry', () => {
  const everything = (item: Item) =>
    [JSON.stringify(cloudEvent(item, ORIGIN)), otlpLogs([item], ORIGIN, new Date(0)), ocsfEvent(item, ORIGIN)].join(
      '\n',
    )

  test('is nothing of its projection unless that was chosen', () => {
    expect(everything(plain)).not.toMatch(/laptop|lap.top|dana|host"/)
  })

  test('is tool, resource and requester where that was chosen, and never the sentence or the reasoning', () => {
    const all = everything(itemOf(found(41), 'projection'))
    expect(all).toMatch(/dana@example\.com/)
    expect(all).toMatch(/"host"/)
    expect(all).not.toMatch(/hunter2/)
  })
})

describe('a CloudEvent', () => {
  test('has every required attribute, names within the rules, and the entry as it is in the log', () => {
    const event = cloudEvent(plain, ORIGIN)
    expect(event).toMatchObject({
      specversion: '1.0',
      id: `ent_${id.replaceAll('-', '')}`,
      source: 'urn:countersign:log:00ff00ff00ff00ff00ff00ff',
      type: 'countersign.action.decided',
      subject: `act_${id.replaceAll('-', '')}`,
      time: entry.time,
      sequence: '0000000000000041',
      datacontenttype: 'application/json',
    })
    // CloudEvents §3: attribute names are lower-case letters and digits, at most 20 of them
    for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]{1,20}$/)
    expect(URL.canParse(sourceOf(ORIGIN))).toBe(true)
  })

  test('lets its receiver recompute the leaf hash: its data holds the canonical entry, key by key in order', () => {
    const { data } = JSON.parse(JSON.stringify(cloudEvent(plain, ORIGIN))) as { data: { entry: unknown; leaf: string } }
    const again = Buffer.from(JSON.stringify(data.entry))
    expect(again.equals(bytes)).toBe(true)
    expect(Buffer.from(leafHash(again)).toString('base64')).toBe(data.leaf)
  })

  test('says of bytes that are no entry any more that they are none, in their place', () => {
    expect(cloudEvent(unreadable, ORIGIN)).toMatchObject({
      type: 'countersign.ledger.unreadable',
      data: { index: 42, entry: null },
    })
  })

  test('of a test is marked as one and has no place in the log', () => {
    const event = cloudEvent(testItem(id, new Date(0)), ORIGIN)
    expect(event).toMatchObject({ type: 'countersign.stream.test', data: { test: true } })
    expect(event).not.toHaveProperty('sequence')
  })
})

describe('an OTLP log record', () => {
  const request = JSON.parse(otlpLogs([plain, unreadable], ORIGIN, new Date('2026-11-20T14:02:12Z'))) as {
    resourceLogs: { scopeLogs: { logRecords: Record<string, unknown>[] }[] }[]
  }
  const [first, second] = request.resourceLogs[0]?.scopeLogs[0]?.logRecords ?? []

  test('holds 64-bit numbers as decimal strings, enums as numbers, and the canonical entry as its body', () => {
    expect(first).toMatchObject({
      timeUnixNano: `${Date.parse(entry.time)}000000`,
      observedTimeUnixNano: '1795183332000000000',
      severityNumber: 13,
      eventName: 'countersign.action.decided',
      body: { stringValue: bytes.toString('utf8') },
    })
    expect(first?.attributes).toContainEqual({ key: 'countersign.entry.index', value: { intValue: '41' } })
    expect(first?.attributes).toContainEqual({ key: 'gen_ai.agent.id', value: { stringValue: agent } })
    expect(second).toMatchObject({ severityNumber: 17, eventName: 'countersign.ledger.unreadable' })
  })

  test.each([
    ['', 0],
    ['{}', 0],
    ['{"partialSuccess":{}}', 0],
    ['{"partialSuccess":null}', 0],
    ['{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"x"}}', 3],
    ['{"partialSuccess":{"rejectedLogRecords":3}}', 3],
    ['{"partialSuccess":{"rejectedLogRecords":"-1"}}', null],
    ['{"partialSuccess":"no"}', null],
    ['<html>', null],
    ['[]', null],
    ['"ok"', null],
  ])('was rejected as the answer %s says', (body, rejected) => {
    expect(rejectedBy(body)).toBe(rejected)
  })

  test('is as loud as what happened', () => {
    const of = (facts: Partial<Entry>) => severityOf({ ...plain, entry: { ...entry, ...facts } }).severityText
    expect(of({ outcome: 'allow' })).toBe('INFO')
    expect(of({ kind: 'halt.engaged', outcome: null })).toBe('ERROR')
    expect(of({ kind: 'alert.raised', outcome: null })).toBe('WARN')
  })
})

describe('a syslog message', () => {
  test('has the header of RFC 5424, a registered sequence id, and ASCII alone', () => {
    const message = syslogMessage(
      itemOf(found(41), 'projection'),
      ocsfEvent(itemOf(found(41), 'projection'), ORIGIN),
      'sign.example.com',
    )
    expect(message).toMatch(
      /^<108>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z sign\.example\.com countersign - action\.decided \[origin software="countersign"\]\[meta sequenceId="42"\] \{/,
    )
    expect(message).toMatch(/^[\x20-\x7e]+$/)
    const event = JSON.parse(message.slice(message.indexOf('{'))) as { class_uid: number; resources: { uid: string }[] }
    expect(event).toMatchObject({ class_uid: 6003, resources: [{ uid: 'lap\u202etop' }] })
  })

  test('keeps its sequence id within 31 bits in a log longer than that', () => {
    const far = { ...plain, index: 2_147_483_647 + 4 }
    expect(syslogMessage(far, '{}', 'x')).toContain('[meta sequenceId="5"]')
  })

  test('is counted in bytes', () => {
    expect(frame('<108>1 ä')).toBe('9 <108>1 ä')
  })

  test('takes the NILVALUE for a host that cannot be written', () => {
    expect(syslogMessage(plain, '{}', '例え')).toMatch(/Z - countersign/)
  })

  test('of something that is no entry is an OCSF base event', () => {
    for (const item of [unreadable, testItem(id, new Date(0))])
      expect(JSON.parse(ocsfEvent(item, ORIGIN))).toMatchObject({ class_uid: 0, category_uid: 0, type_uid: 99 })
  })
})

describe('a unit', () => {
  const log = (from: number, count: number) => Array.from({ length: count }, (_, n) => found(from + n))

  test('takes as many as the receiver does at once, and ends before a gap', () => {
    expect(firstUnit(log(5, 9), { kinds: null, contents: 'entries' }, 4)).toMatchObject({ from: 5, next: 9 })
    const gap = [...log(0, 3), ...log(7, 3)]
    expect(firstUnit(gap, { kinds: null, contents: 'entries' }, 100)).toMatchObject({ from: 0, next: 3 })
    expect(firstUnit([], { kinds: null, contents: 'entries' }, 1)).toBeNull()
  })

  test('gets past what its filter leaves out, but leaves out nothing that cannot be read', () => {
    const some = [found(0), found(1, { entry: null }), found(2)]
    const unit = firstUnit(some, { kinds: ['halt.engaged'], contents: 'entries' }, 100)
    expect(unit).toMatchObject({ from: 0, next: 3, items: [{ index: 1, entry: null }] })
  })

  test('holds no more than half a mebibyte of entries, and always at least one', () => {
    const large = log(0, 40).map((each) => ({ ...each, bytes: Buffer.alloc(60_000) }))
    expect(firstUnit(large, { kinds: null, contents: 'entries' }, 100)?.items).toHaveLength(8)
    const huge = log(0, 2).map((each) => ({ ...each, bytes: Buffer.alloc(600_000) }))
    expect(firstUnit(huge, { kinds: null, contents: 'entries' }, 100)?.items).toHaveLength(1)
  })
})
