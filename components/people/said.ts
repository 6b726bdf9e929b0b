import type { FormError } from '@/components/ui/form-errors'
import type { Flash } from '@/lib/people/session-flash'

/** What the last plain form said, for the form with one action: its errors, each field's, and what was typed. */
export type Said = {
  errors: readonly FormError[]
  error: (field: string) => string | undefined
  value: (field: string) => string | undefined
  values: (field: string) => readonly string[] | undefined
}

/**
 * Whether a refusal is for the top of the page: its form has nothing to fill in, or is not there any more for somebody who may not.
 */
export function isForThePage(flash: Flash): boolean {
  const nothingToFillIn = Object.keys(flash.values ?? {}).length === 0
  return (
    flash.code === 'not_permitted' ||
    (nothingToFillIn && flash.errors?.every(({ field }) => field === undefined) === true)
  )
}

/** Picks the answer for one form out of a page's flash; nothing for every other form, nor what the top of the page says. */
export function saidTo(flash: Flash | undefined, action: string): Said {
  const own = flash?.form === action ? flash : undefined
  const errors = own?.errors === undefined || isForThePage(own) ? [] : own.errors
  return {
    errors,
    error: (field) => errors.find((each) => each.field === field)?.detail,
    value: (field) => {
      const value = own?.values?.[field]
      return typeof value === 'string' ? value : value?.[0]
    },
    values: (field) => {
      if (own?.values === undefined) return undefined
      const value = own.values[field] ?? []
      return typeof value === 'string' ? [value] : value
    },
  }
}
