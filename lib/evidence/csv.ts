/** Characters a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), also behind blanks it ignores. */
const FORMULA = /^[\s\u00a0]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u

/**
 * One record of a CSV file (RFC 4180): fields quoted where they have to be, ended by CRLF. A field that a spreadsheet would run as
 * a formula gets an apostrophe in front, which shows as nothing there: what agents wrote stays data. Control characters become their
 * visible names, so that no field can end its line.
 */
export function csvRecord(fields: readonly (string | number | null)[]): string {
  return `${fields.map(fieldOf).join(',')}\r\n`
}

function fieldOf(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const shown = value.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, (char) => visible(char))
  const safe = FORMULA.test(shown) ? `'${shown}` : shown
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const visible = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
