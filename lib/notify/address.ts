import { BlockList, isIP } from 'node:net'

/** `public`: anywhere. `private`: one's own network. `refused`: nobody's business, whatever an administrator says. */
export type Reach = 'public' | 'private' | 'refused'

function ranges(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList()
  for (const [family, ...all] of [['ipv4', ...v4] as const, ['ipv6', ...v6] as const])
    for (const range of all) {
      const [network = '', bits] = range.split('/')
      list.addSubnet(network, Number(bits), family)
    }
  return list
}

/**
 * IANA's special-purpose registries (RFC 6890, RFC 8190), and the addresses under which clouds hand out credentials to whoever can
 * make a server ask: those outside of link-local are named one by one (AWS and GCP over IPv6, Alibaba, Azure).
 */
const REFUSED = ranges(
  [
    ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.88.99.0/24', '224.0.0.0/4', '240.0.0.0/4'],
    ...['100.100.100.200/32', '168.63.129.16/32'],
  ],
  [
    ...['::/128', 'fe80::/10', 'ff00::/8', '100::/64', '2001::/32', '64:ff9b:1::/48'],
    ...['fd00:ec2::/32', 'fd20:ce::254/128'],
  ],
)
const PRIVATE = ranges(
  [
    ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
    ...['192.0.2.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ],
  ['::1/128', 'fc00::/7', 'fec0::/10', '2001:db8::/32'],
)

const LOOPBACK = ranges(['127.0.0.0/8'], ['::1/128', '::ffff:127.0.0.0/104'])

/** Where an IPv4 address hides in an IPv6 one: as its group number (RFC 4291 §2.5.5, RFC 6052 §2.1, RFC 3056 §2). */
const EMBEDDED = [
  { in: ranges([], ['::ffff:0:0/96']), at: 6 },
  { in: ranges([], ['64:ff9b::/96']), at: 6 },
  { in: ranges([], ['2002::/16']), at: 1 },
  { in: ranges([], ['::/96']), at: 6 },
] as const

/** How far an address reaches. What is no address is refused. Pure. */
export function reachOf(address: string): Reach {
  // an interface's scope (RFC 4007 §11) is only ever needed for link-local addresses
  const bare = address.split('%', 1)[0] ?? ''
  const version = isIP(bare)
  if (version === 0) return 'refused'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  // before the tunnels: ::1 lies in ::/96
  if (REFUSED.check(bare, family)) return 'refused'
  if (version === 6 && !isLoopback(bare)) {
    const tunnel = EMBEDDED.find((one) => one.in.check(bare, 'ipv6'))
    if (tunnel) return reachOf(ipv4At(bare, tunnel.at))
  }
  return PRIVATE.check(bare, family) ? 'private' : 'public'
}

/** Whether it is this machine itself, also as IPv4 within IPv6. */
export function isLoopback(address: string): boolean {
  const bare = address.split('%', 1)[0] ?? ''
  const version = isIP(bare)
  return version !== 0 && LOOPBACK.check(bare, version === 4 ? 'ipv4' : 'ipv6')
}

function ipv4At(address: string, group: number): string {
  const [high = 0, low = 0] = groups(address).slice(group, group + 2)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of an IPv6 address, however it is written. */
function groups(address: string): number[] {
  // WHATWG URL serialises the address with hexadecimal groups only
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const read = (part: string) => (part === '' ? [] : part.split(':').map((one) => Number.parseInt(one, 16)))
  const [before, after] = [read(head), read(tail ?? '')]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}
