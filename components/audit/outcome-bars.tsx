'use client'

import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { auditPath, topOf, type Address } from '@/lib/audit/view-address'
import { useZone } from '../ui/clock'
import { sayDay, sayMinute } from '../ui/time-words'
import { barWords, PARTS, type Bar } from './bars'
import { useGo } from './explorer-nav'

/** A part that is not empty is drawn at least so high, of 100: one among thousands is still seen. */
const LEAST = 3

/**
 * Entries over time, stacked by outcome. Each bar is a link to its stretch; drawn over with the pointer, or walked over with the
 * arrows and Shift, several are one stretch. Nothing needs the pointer: the two ends can be typed beside the filter.
 */
export function OutcomeBars({
  bars,
  address,
  open,
  now,
}: {
  bars: readonly Bar[]
  address: Address
  open: string | null
  now: string
}) {
  const go = useGo()
  const zone = useZone()
  const drawn = useRef<SVGSVGElement>(null)
  const dragged = useRef(false)
  const [chosen, setChosen] = useState<{ from: number; to: number } | null>(null)
  const [focus, setFocus] = useState(bars.length - 1)
  const most = Math.max(1, ...bars.map(({ total }) => total))
  const first = chosen && Math.min(chosen.from, chosen.to)
  const last = chosen && Math.max(chosen.from, chosen.to)
  const words = (bar: Bar) => barWords(bar, zone, new Date(now))
  const hrefOf = (from: Bar | undefined, to: Bar | undefined) =>
    from && to ? auditPath({ ...topOf(address), span: { from: new Date(from.from), to: new Date(to.to) } }) : null
  const take = () => {
    const href = first === null || last === null ? null : hrefOf(bars[first], bars[last])
    setChosen(null)
    if (href !== null) go(href)
  }
  const under = (event: PointerEvent): number => {
    const box = drawn.current?.getBoundingClientRect()
    if (!box || box.width === 0) return 0
    return Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * bars.length), 0), bars.length - 1)
  }
  const onKeyDown = (event: KeyboardEvent<SVGSVGElement>) => {
    if (event.key === 'Escape') setChosen(null)
    if (event.key === 'Enter' && chosen && chosen.from !== chosen.to) {
      event.preventDefault()
      take()
    }
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = Math.min(Math.max(focus + step, 0), bars.length - 1)
    setChosen(event.shiftKey ? { from: chosen?.from ?? focus, to: next } : null)
    setFocus(next)
    drawn.current?.querySelectorAll('a')[next]?.focus()
  }
  return (
    <figure className="chart obars">
      <div className="ax" aria-hidden="true">
        <span>{most.toLocaleString('en')}</span>
        <span>0</span>
      </div>
      {/* The bars are links; the picture around them only gathers what is done to several. */}
      <svg
        ref={drawn}
        className="hist"
        viewBox={`0 0 ${bars.length * 10} 100`}
        preserveAspectRatio="none"
        role="group"
        aria-label="Entries over time: each bar is a link to its stretch; Shift and the arrows choose several, Enter shows them"
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0 || event.pointerType === 'touch') return
          dragged.current = false
          const at = under(event)
          setChosen({ from: at, to: at })
        }}
        onPointerMove={(event) => {
          if (!chosen || event.buttons !== 1) return
          const to = under(event)
          if (to === chosen.to) return
          dragged.current = true
          event.currentTarget.setPointerCapture(event.pointerId)
          setChosen({ ...chosen, to })
        }}
        onPointerUp={() => (dragged.current ? take() : setChosen(null))}
        onPointerCancel={() => setChosen(null)}
        onDragStart={(event) => event.preventDefault()}
        onClickCapture={(event) => {
          // the click that ends a drag is not one on a bar
          if (!dragged.current) return
          dragged.current = false
          event.preventDefault()
          event.stopPropagation()
        }}
      >
        {chosen && first !== null && last !== null && (
          <rect className="sel" x={first * 10} y={0} width={(last - first + 1) * 10} height={100} />
        )}
        {bars.map((bar, at) => (
          <a
            key={bar.from}
            href={hrefOf(bar, bar) ?? undefined}
            tabIndex={at === focus ? 0 : -1}
            aria-label={`${words(bar)}: ${partsWords(bar)}`}
            onFocus={() => setFocus(at)}
          >
            <title>{`${words(bar)}: ${partsWords(bar)}`}</title>
            <rect className="hit" x={at * 10} y={0} width={10} height={100} />
            {open !== null && bar.from <= open && open < bar.to && (
              <rect className="on" x={at * 10} y={0} width={10} height={100} />
            )}
            <Stack bar={bar} x={at * 10} scale={100 / most} />
          </a>
        ))}
      </svg>
      <div className="ticks" aria-hidden="true">
        {ticks(bars, zone, new Date(now)).map((tick, at) => (
          <span key={at}>{tick}</span>
        ))}
      </div>
      <p className="vh" role="status">
        {chosen && first !== null && last !== null && first !== last && bars[first] && bars[last]
          ? `${words({ ...bars[first], to: bars[last].to })}, Enter shows it`
          : ''}
      </p>
    </figure>
  )
}

function Stack({ bar, x, scale }: { bar: Bar; x: number; scale: number }) {
  const heights = PARTS.map(({ part }) => ({
    part,
    height: bar.parts[part] === 0 ? 0 : Math.max(bar.parts[part] * scale, LEAST),
  }))
  return heights.map(({ part, height }, at) => {
    const below = heights.slice(0, at).reduce((sum, one) => sum + one.height, 0)
    return (
      height > 0 && (
        <rect key={part} className={part} x={x + 0.8} y={100 - below - height} width={8.4} height={height} />
      )
    )
  })
}

function partsWords({ parts, total }: Bar): string {
  if (total === 0) return 'nothing'
  return PARTS.filter(({ part }) => parts[part] > 0)
    .map(({ part, says }) => `${parts[part].toLocaleString('en')} ${says}`)
    .join('; ')
}

function ticks(bars: readonly Bar[], zone: string, now: Date): string[] {
  const [first, last] = [bars[0], bars.at(-1)]
  if (!first || !last) return []
  const whole = Date.parse(last.to) - Date.parse(first.from)
  return [0, 1, 2, 3, 4].map((quarter) => {
    const at = new Date(Date.parse(first.from) + (whole * quarter) / 4)
    return whole > 2 * 86_400_000 ? sayDay(at, now, zone) : sayMinute(at, zone)
  })
}
