import type { LucideIcon } from 'lucide-react'

/** 12 in chips and dots, 14 in text (the default), 15 in the nav, 16 on large buttons. */
export type IconSize = 'xs' | 'sm' | 'md' | 'lg'

const SIZE_CLASS: Record<IconSize, string> = { xs: 'i xs', sm: 'i', md: 'i md', lg: 'i lg' }

/** An icon beside words. It is always hidden from assistive technology: the words say it (design principle 4). */
export function Icon({ of: Glyph, size = 'sm', filled }: { of: LucideIcon; size?: IconSize; filled?: boolean }) {
  return <Glyph aria-hidden className={filled ? `${SIZE_CLASS[size]} i-pause` : SIZE_CLASS[size]} />
}
