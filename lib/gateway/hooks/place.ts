import type { JsonObject } from '@/lib/core/json'

/** Where a session began, on its machine, and whether it stands for the workspace of a boundary that names none. */
export type Place = { folder: string | null; stands: boolean }

const PATH_ARGUMENTS = ['file_path', 'notebook_path', 'path'] as const
const SYSTEM =
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|proc|root|run|sbin|sys|usr|var|System|Library|Applications|private\/etc)(?:\/|$)/

/**
 * Whether a folder can stand for the workspace: a folder of a project, and neither the root, a home, a folder of the system nor anything hidden.
 * What is in those keeps its whole path, and is outside of every workspace nobody named.
 */
export function mayStandForWorkspace(folder: string): boolean {
  const parts = folder.split('/').slice(1)
  if (!folder.startsWith('/') || folder !== `/${parts.filter((part) => part !== '').join('/')}`) return false
  if (SYSTEM.test(`${folder}/`) && !folder.startsWith('/var/folders/')) return false
  if (parts.some((part) => part.startsWith('.') || part === '')) return false
  return parts.length >= (/^\/(?:home|Users)\//.test(folder) ? 3 : 2)
}

/** Whether a boundary or a baseline says itself where the workspace lies. */
export function namesWorkspace(document: { surfaces?: object | null } | null | undefined): boolean {
  return Object.values(document?.surfaces ?? {}).some(
    (lists: { workspace?: string | null } | null) => typeof lists?.workspace === 'string',
  )
}

/** The arguments of a call with what lies in the folder of its session written from there down. `cwd` goes where it is the folder itself. */
export function fromFolder(args: JsonObject, { folder, stands }: Place): JsonObject {
  if (!stands || folder === null) return args
  const placed: JsonObject = { ...args }
  for (const name of PATH_ARGUMENTS) {
    const value = placed[name]
    if (typeof value === 'string') placed[name] = below(value, folder) ?? value
  }
  if (typeof placed.cwd === 'string') {
    const inner = placed.cwd === folder ? '' : (below(placed.cwd, folder) ?? placed.cwd)
    if (inner === '') delete placed.cwd
    else placed.cwd = inner
  }
  return placed
}

/** The way back. */
export function toFolder(args: JsonObject, { folder, stands }: Place): JsonObject {
  if (!stands || folder === null) return args
  const placed: JsonObject = { ...args }
  for (const name of PATH_ARGUMENTS) {
    const value = placed[name]
    if (typeof value === 'string' && !value.startsWith('/') && !value.startsWith('~'))
      placed[name] = `${folder}/${value}`
  }
  return placed
}

function below(path: string, folder: string): string | null {
  if (!path.startsWith(`${folder}/`)) return null
  const inner = path.slice(folder.length + 1)
  return inner.split('/').some((part) => part === '..' || part === '.' || part === '') ? null : inner
}
