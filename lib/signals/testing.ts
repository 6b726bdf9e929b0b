import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

export type AskedToken = { header?: Record<string, string>; claims?: Record<string, unknown>; forged?: boolean }

/** Starts an identity provider as a process of its own (`provider-testing.ts`). Not for the product. */
export async function startProvider() {
  const outfile = path.join(import.meta.dirname, `../../node_modules/.idp-${randomUUID()}.mjs`)
  await build({
    ...{ entryPoints: [path.join(import.meta.dirname, 'provider-testing.ts')], outfile, bundle: true },
    ...{ platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' },
  })
  const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => {
      resolve(String(data).trim())
    }),
  )
  rmSync(outfile)
  const url = `http://127.0.0.1:${port}`
  const get = async (at: string) => (await fetch(`${url}${at}`)).text()
  return {
    url,
    keysAt: `${url}/jwks`,
    /** how it serves its keys from now on: `after=500`, `fails`, `endless`, or as they are */
    serve: (how = '') => get(`/serve?${how}`),
    /** publishes the key that forgeries were signed with, as `idp-2` */
    publish: () => get('/publish'),
    /** how many times its keys were asked for */
    served: async () => Number(await get('/served')),
    /** a token as it signs it; a `kid` of nothing names none */
    sign: async ({ header, claims, forged }: AskedToken) => {
      const body = JSON.stringify({ header, claims: claims ?? {}, forged })
      return (await fetch(`${url}/sign`, { method: 'POST', body })).text()
    },
    stop: () => child.kill('SIGKILL'),
  }
}
