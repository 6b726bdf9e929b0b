import net from 'node:net'
import os from 'node:os'

/**
 * Whether an allow-list names a host and port: `api.example.com` is its ports 80 and 443, `api.example.com:8443` that port alone, and
 * `*.example.com` whatever is below it, not itself. Names are compared in lower case without a final dot.
 */
export function allowsHost(hosts: readonly string[], name: string, port: number): boolean {
  const asked = name.toLowerCase().replace(/\.$/, '')
  return hosts.some((entry) => {
    const colon = entry.lastIndexOf(':')
    const [host, ports] = colon < 0 ? [entry, [80, 443]] : [entry.slice(0, colon), [Number(entry.slice(colon + 1))]]
    if (!ports.includes(port)) return false
    return host.startsWith('*.') ? asked.endsWith(host.slice(1)) && asked.length > host.length - 1 : asked === host
  })
}

const REFUSED = new net.BlockList()
// this host, link-local with the clouds' metadata, and what is no single host: RFC 6890, RFC 3927, RFC 4193, RFC 4291
for (const [prefix, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  REFUSED.addSubnet(prefix, bits, 'ipv4')
for (const [prefix, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
] as const)
  REFUSED.addSubnet(prefix, bits, 'ipv6')

/**
 * Whether an address is never reached, whatever name led to it: this machine itself, link-local addresses and clouds' metadata. A signed
 * name that points there is an attack or a mistake (DNS rebinding). This machine can be named in the boundary: as `localhost`, or by its literal address.
 * @param own what this machine's interfaces are called: `ownAddresses`
 */
export function refusesAddress(address: string, name: string, own: readonly string[]): boolean {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const family = net.isIP(v4)
  if (family === 0) return true
  const loopback = v4.startsWith('127.') || v4 === '::1'
  if (loopback && (name === 'localhost' || name === v4)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  if (REFUSED.check(v4, kind)) return true
  if (name === v4) return false
  const here = new net.BlockList()
  for (const each of own) here.addAddress(each, net.isIP(each) === 4 ? 'ipv4' : 'ipv6')
  return here.check(v4, kind)
}

/** The addresses of this machine's interfaces, as they are now. */
export const ownAddresses = (): string[] =>
  Object.values(os.networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address))
