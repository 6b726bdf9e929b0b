import { createServer } from 'node:http'
import { argv, stdout } from 'node:process'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/**
 * An identity provider as a process of its own, for tests: serves its keys at `/jwks` (so many milliseconds after `/serve?after=`; none, with `fails`; a
 * set without end with `endless`), and at `POST /sign` signs the header and the claims it is given with its key, or with one it does not publish
 * (`forged`), until it does (`/publish`). Prints its port. Not for the product.
 */
const [own, other] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
const kid = 'idp-1'
const jwkOf = async (key: CryptoKey, name: string) => ({
  ...(await exportJWK(key)),
  kid: name,
  alg: 'RS256',
  use: 'sig',
})
const published = { keys: [await jwkOf(own.publicKey, kid)] }
let served = 0
let how = new URLSearchParams()

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://idp.test')
  if (pathname === '/serve') {
    how = searchParams
    response.end()
    return
  }
  if (pathname === '/publish') {
    void jwkOf(other.publicKey, 'idp-2').then((key) => response.end(String(published.keys.push(key))))
    return
  }
  if (pathname === '/jwks') {
    served += 1
    response.setHeader('content-type', 'application/jwk-set+json')
    if (how.has('fails')) response.writeHead(500).end()
    else if (how.has('endless')) {
      const drip = setInterval(() => response.write(' '.repeat(8_192)), 5)
      response.once('close', () => {
        clearInterval(drip)
      })
    } else setTimeout(() => response.end(JSON.stringify(published)), Number(how.get('after') ?? 0))
    return
  }
  if (request.url === '/served') {
    response.end(String(served))
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      header?: Record<string, string>
      claims: Record<string, unknown>
      forged?: boolean
    }
    const header = { alg: 'RS256', typ: 'secevent+jwt', kid, ...asked.header }
    const { kid: named, ...unnamed } = header
    new SignJWT(asked.claims)
      .setProtectedHeader(named === '' ? unnamed : header)
      .sign(asked.forged === true ? other.privateKey : own.privateKey)
      .then(
        (token) => response.end(token),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
  })
})
server.listen(Number(argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') stdout.write(`${String(address.port)}\n`)
})
