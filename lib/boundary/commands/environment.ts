/** Variables that change no program into another: every other assignment in front of a command must be listed with it. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  CI: /^(?:true|false|[01])?$/,
  NODE_ENV: /^(?:test|development)$/,
  FORCE_COLOR: /^(?:true|false|\d)?$/,
  NO_COLOR: /^\w*$/,
  CLICOLOR: /^\d?$/,
  TZ: /^[A-Za-z]+(?:\/[A-Za-z_]+)?$/,
  LANG: /^[A-Za-z_]+(?:\.[A-Za-z0-9-]+)?$/,
  LC_ALL: /^[A-Za-z_]+(?:\.[A-Za-z0-9-]+)?$/,
  COLUMNS: /^\d+$/,
  LINES: /^\d+$/,
  RUST_BACKTRACE: /^(?:\d|full)$/,
  PYTHONUNBUFFERED: /^\d?$/,
  PYTHONDONTWRITEBYTECODE: /^\d?$/,
  GIT_PAGER: /^cat$/,
  PAGER: /^cat$/,
  GIT_TERMINAL_PROMPT: /^0$/,
}

export type Setting = { name: string; value: string | null }

/** Whether a variable set to a value may stand in front of any command that is listed. */
export function isHarmless({ name, value }: Setting): boolean {
  return value !== null && Object.hasOwn(HARMLESS, name) && HARMLESS[name]?.test(value) === true
}
