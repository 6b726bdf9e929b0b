import { fault } from '@/lib/core/fault'
import type { CreateStream, EditStream } from './contract'
import { refuseBarredLiteral } from './reach'
import type { Destination, HttpSettings, SyslogSettings } from './stream'

/** The destination that an administrator's words describe. */
export function destinationFrom(given: CreateStream | EditStream): Destination {
  switch (given.kind) {
    case 'cloudevents':
      return { kind: given.kind, settings: httpOf(given, given.batch, null) }
    case 'otlp':
      return { kind: given.kind, settings: httpOf(given, true, given.header) }
    case 'shared_signals':
      return {
        kind: given.kind,
        settings: { ...httpOf(given, false, given.header), audience: given.audience },
      }
    case 'ocsf_syslog': {
      const { host, port, tls, ca, cert } = given
      return {
        kind: given.kind,
        settings: { host, port, tls, private: given.private, ca, cert } satisfies SyslogSettings,
      }
    }
  }
}

/**
 * Refuses at once what every delivery would refuse: an address that is never sent to, a private one without the choice, and no
 * encryption to anywhere but one's own network. A name is judged when it is looked up, each time.
 * @param ports those of this machine that are ours
 * @throws Fault `invalid_request` on `url` or `host`
 */
export function refuseDestination(destination: Destination, ports: ReadonlySet<number>): void {
  const [field, hostname, port, secured] = endpointOf(destination)
  const { private: own } = destination.settings
  if (!secured && !own)
    throw fault('invalid_request', {
      field,
      detail:
        'Without encryption a stream goes to your own network alone: use https or TLS, or allow private addresses.',
    })
  try {
    refuseBarredLiteral(hostname, { private: own, plain: !secured, port, ownPorts: ports })
  } catch (error) {
    throw fault('invalid_request', { field, detail: (error as Error).message })
  }
}

function endpointOf(destination: Destination): [field: string, hostname: string, port: number, secured: boolean] {
  if (destination.kind === 'ocsf_syslog') {
    const { host, port, tls } = destination.settings
    return ['host', host, port, tls]
  }
  const url = new URL(destination.settings.url)
  const secured = url.protocol === 'https:'
  return ['url', url.hostname, url.port === '' ? (secured ? 443 : 80) : Number(url.port), secured]
}

/** A destination as a person reads it, without its query, which may hold a token. */
export function whereOf(destination: Destination): string {
  if (destination.kind !== 'ocsf_syslog') {
    const { origin, pathname, search } = new URL(destination.settings.url)
    return `${origin}${pathname}${search === '' ? '' : '?…'}`
  }
  const { host, port, tls } = destination.settings
  return `${host}:${port} over ${tls ? 'TLS' : 'TCP'}`
}

function httpOf(
  { url, private: own, ca }: { url: string; private: boolean; ca: string | null },
  batch: boolean,
  header: string | null,
): HttpSettings {
  return { url: new URL(url).href, private: own, ca, batch, header }
}
