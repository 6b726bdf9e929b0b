import { createServer } from 'node:http'
import { argv, stdout } from 'node:process'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/**
 * An identity provider as a process of its own, for tests: serves its keys at `/jwks`, and at `POST /sign` signs the header and the claims it is given with
 * its key, or with one it does not publish (`forged`). Prints its port. Not for the product.
 */
const [own, other] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
const kid = 'idp-1'
const published = { keys: [{ ...(await exportJWK(own.publicKey)), kid, alg: 'RS256', use: 'sig' }] }
let served = 0

const server = createServer((request, response) => {
  if (request.url === '/jwks') {
    served += 1
    response.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify(published))
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
    new SignJWT(asked.claims)
      .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid, ...asked.header })
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
