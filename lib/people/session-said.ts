import { headers } from 'next/headers'
import { FLASH_PARAMETER, openFlash, type Flash } from './session-flash'

/** What the last plain form says on this page, if its address carries the answer's id. */
export async function said(searchParams: Promise<Record<string, unknown>>): Promise<Flash | undefined> {
  return openFlash((await headers()).get('cookie'), (await searchParams)[FLASH_PARAMETER])
}
