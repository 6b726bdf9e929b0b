import { Bot, ScanSearch } from 'lucide-react'
import type { Notice } from '@/lib/decisions/notices'
import { KIND_NAMES, type Scrutiny } from '@/lib/decisions/scrutiny'
import { Section } from '../shell/page'
import { Option } from '../ui/field'
import { HostileText } from '../ui/hostile-text'
import { Icon } from '../ui/icon'
import { Tag } from '../ui/tag'
import './scrutiny.css'

/**
 * What helps a person who looks at what an agent made (C24): spots that rules noticed, marked as no verdict, and the checks that suit its
 * kind. With `form` they can be ticked, which is never required: what is ticked is sent with that form as `looked`.
 */
export function WhatToLookFor({ scrutiny, form }: { scrutiny: Scrutiny; form?: string }) {
  const { kinds, checks, notices, complete } = scrutiny
  const named = kinds.filter((kind) => kind !== 'any').map((kind) => KIND_NAMES[kind].toLowerCase())
  return (
    <Section
      id="look"
      title="What to look for"
      aside={
        <>
          <Tag icon={Bot}>made by an agent</Tag> {named.join(', ')}
        </>
      }
    >
      <Notices notices={notices} complete={complete} />
      {checks.length > 0 && (
        <ul className="checks" aria-label="What to look for">
          {checks.map((check) => (
            <li key={check.id}>
              {form === undefined ? (
                <b>{check.title}</b>
              ) : (
                <Option
                  type="checkbox"
                  name="looked"
                  value={check.id}
                  form={form}
                  aria-describedby={`look-${check.id}`}
                >
                  <b>{check.title}</b>
                </Option>
              )}
              <p className="t2 s12" id={`look-${check.id}`}>
                {check.lookFor}
              </p>
            </li>
          ))}
        </ul>
      )}
      {form !== undefined && checks.length > 0 && (
        <p className="t3 s12">What you tick is recorded with your verdict. Nothing has to be ticked.</p>
      )}
    </Section>
  )
}

function Notices({ notices, complete }: { notices: readonly Notice[]; complete: boolean }) {
  if (notices.length === 0)
    return (
      <p className="t3 s12">
        No rule noticed anything{complete ? '' : ' in the part that rules read'}. That says nothing about what rules
        cannot see.
      </p>
    )
  return (
    <div className="noticed" role="group" aria-label="Noticed by a rule, not a verdict">
      <p className="s12 t3">
        <Icon of={ScanSearch} size="xs" /> Noticed by a rule, not a verdict
        {complete ? '' : '; the change is larger than rules read'}
      </p>
      <ul>
        {notices.map((notice) => (
          <li key={notice.rule}>
            <p>
              {notice.says}
              {notice.more > 0 && <span className="t3">, and in {notice.more} more places</span>}
            </p>
            {notice.spots.map((spot) => (
              <p className="spot mono s12" key={`${spot.at} ${spot.line} ${spot.side}`}>
                <span className="t3">
                  <HostileText text={spot.at} max={80} />, line {spot.line}, {spot.side}:
                </span>{' '}
                <HostileText text={spot.text} max={200} />
              </p>
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}
