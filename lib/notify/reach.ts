import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import { poolUrl } from '@/lib/db/pool'
import { isLoopback, reachOf } from './address'

/** What a stream may connect to. `plain`: without TLS, which is for one's own network alone. */
export type Allowed = { private: boolean; plain: boolean; port: number; ownPorts: ReadonlySet<number> }

/** The ports of this machine that no stream may reach: our own and our database's. */
export function ownPorts(env: Readonly<Record<string, string | undefined>> = process.env): Set<number> {
  const database = new URL(poolUrl('app'))
  return new Set([Number(env.PORT ?? 3000), Number(database.port === '' ? 5432 : database.port)])
}

/** Why an address may not be connected to, as an error with the code `address` or `plain`; undefined when it may. Pure but for the interfaces. */
export function barred(address: string, allowed: Allowed, own: readonly string[] = ownAddresses()): Error | undefined {
  const reach = reachOf(address)
  if (reach === 'refused')
    return refusal('address', `${address} is link-local, a metadata service or no one’s address.`)
  if (allowed.ownPorts.has(allowed.port) && (isLoopback(address) || own.includes(address)))
    return refusal('address', `Port ${allowed.port} of this machine is Countersign’s own or its database’s.`)
  if (reach === 'private' && !allowed.private)
    return refusal('address', `${address} is private, and this stream may not send to private addresses.`)
  if (reach === 'public' && allowed.plain) return refusal('plain', `${address} is public.`)
  return undefined
}

/**
 * A lookup for node:net that answers only addresses a stream may connect to. The address that was judged is the one that is
 * connected to: there is no second lookup in between that could answer something else (DNS rebinding). One bad address refuses
 * the name.
 */
export function guardedLookup(allowed: Allowed): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, '', 4)
        return
      }
      const own = ownAddresses()
      const bar = addresses.map(({ address }) => barred(address, allowed, own)).find((one) => one !== undefined)
      const [first] = addresses
      if (bar !== undefined || first === undefined)
        callback(bar ?? refusal('address', 'The name has no address.'), '', 4)
      else if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** The same for a host that is an address already, which node:net does not look up. @throws Error `address` or `plain` */
export function refuseBarredLiteral(host: string, allowed: Allowed): void {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host
  const bar = isIP(bare) === 0 ? undefined : barred(bare, allowed)
  if (bar !== undefined) throw bar
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
}

const refusal = (code: 'address' | 'plain', message: string): Error => Object.assign(new Error(message), { code })
