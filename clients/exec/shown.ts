import fs from 'node:fs'
import path from 'node:path'

/** What of /etc programs need to find libraries, public certificates and the time; nothing about this machine or its people, and no private key. */
export const ETC = [
  ...['alternatives', 'ca-certificates', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'mime.types'],
  ...['nsswitch.conf', 'pki/ca-trust', 'pki/tls/certs', 'ssl/certs', 'ssl/openssl.cnf'],
].map((name) => `/etc/${name}`)

/**
 * What of /usr is settings or sources of this machine and no program: the global npmrc, which may hold a token; the folder containers keep an
 * application in.
 */
const SETTINGS = ['/usr/local/etc', '/usr/local/src', '/usr/src', '/usr/etc/npmrc', '/usr/etc/gitconfig']

/** Which of these lie here, where links lead: folders, and files. What they lead to outside of /usr is not shown anyway. */
export function hiddenHere(): { folders: string[]; files: string[] } {
  const found = SETTINGS.filter((each) => fs.existsSync(each)).map((each) => fs.realpathSync(each))
  const inside = [...new Set(found)].filter((each) => each.startsWith('/usr/'))
  const [folders, files] = [inside.filter(isFolder), inside.filter((each) => !isFolder(each))]
  return { folders, files }
}

const isFolder = (file: string): boolean => fs.statSync(file).isDirectory()

const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

/** Whether every sandbox shows a file to its command, workspace apart: then no secret may lie there. Links are followed. */
export function isShown(file: string): boolean {
  const real = fs.realpathSync(file)
  return [...SYSTEM, ...ETC].some((each) => {
    const shown = fs.existsSync(each) ? fs.realpathSync(each) : each
    return real === shown || real.startsWith(`${shown}${path.sep}`)
  })
}
