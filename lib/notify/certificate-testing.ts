import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** A certificate with its key, PEM; `key` also as an object, to sign others with. */
export type Certificate = { cert: string; key: string; name: string }

/**
 * Makes an X.509 v3 certificate (RFC 5280) on P-256, in DER by hand so that tests need no tool beside Node and keep no key in the
 * repository. Without `issuer` it is its own authority.
 * @param names DNS names, and addresses of four numbers
 */
export function makeCertificate(name: string, names: readonly string[], issuer?: Certificate): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer: KeyObject = issuer ? createPrivateKey(issuer.key) : privateKey
  const algorithm = sequence(oid([42, 134, 72, 206, 61, 4, 3, 2]))
  const day = 86_400_000
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(time(Date.now() - day), time(Date.now() + day)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        extension([85, 29, 17], sequence(...names.map(alternative))),
        extension([85, 29, 19], issuer ? sequence() : sequence(der(0x01, Buffer.from([255])))),
      ),
    ),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signer)]))
  const cert = sequence(body, algorithm, signature).toString('base64')
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${cert.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const tagged = der
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const oid = (bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes))
const nameOf = (name: string): Buffer => sequence(der(0x31, sequence(oid([85, 4, 3]), der(0x0c, Buffer.from(name)))))
const time = (at: number): Buffer =>
  der(
    0x17,
    Buffer.from(
      `${new Date(at)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2)}`,
    ),
  )
const extension = (id: readonly number[], value: Buffer): Buffer => sequence(oid(id), der(0x04, value))
const alternative = (name: string): Buffer =>
  /^[\d.]+$/.test(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name))
