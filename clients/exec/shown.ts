import fs from 'node:fs'
import path from 'node:path'

/** What of /etc programs need to find libraries, public certificates and the time; nothing about this machine or its people, and no private key. */
export const ETC = [
  ...['alternatives', 'ca-certificates', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'mime.types'],
  ...['nsswitch.conf', 'pki/ca-trust', 'pki/tls/certs', 'ssl/certs', 'ssl/openssl.cnf'],
].map((name) => `/etc/${name}`)

const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

/** Whether every sandbox shows a file to its command, workspace apart: then no secret may lie there. Links are followed. */
export function isShown(file: string): boolean {
  const real = fs.realpathSync(file)
  return [...SYSTEM, ...ETC].some((each) => {
    const shown = fs.existsSync(each) ? fs.realpathSync(each) : each
    return real === shown || real.startsWith(`${shown}${path.sep}`)
  })
}
