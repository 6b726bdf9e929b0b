import type { Metadata } from 'next'
import { NotHere } from '@/components/shell/not-here'

export const metadata: Metadata = { title: 'Not found' }

/** An address outside the console that leads nowhere. */
export default function NotFound() {
  return <NotHere />
}
