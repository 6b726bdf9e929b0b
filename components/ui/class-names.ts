/** Joins the class names that apply: `classNames('btn', wide && 'w')`. */
export function classNames(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ')
}
