import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { ConsoleClient } from '../prisma/scenarios/console-client'
import { foundOrganisation, type FoundPerson } from '../prisma/scenarios/found'

/** `npm start`'s program in a process of its own, on data of its own, with an analyst and a ciso who are signed in. */
export type WholeServer = {
  url: string
  analyst: ConsoleClient
  ciso: ConsoleClient
  /** of its embedded Postgres, for what a bench must have in great number */
  superuser: pg.Pool
}

const CAST = {
  organisation: { name: 'Northwind', timeZone: 'UTC' },
  teams: ['Operations'],
  people: [
    {
      key: 'noor',
      name: 'Noor Halvorsen',
      email: 'noor@northwind.example',
      roles: ['administrator'],
      team: 'Operations',
    },
    { key: 'dana', name: 'Dana Whitlock', email: 'dana@northwind.example', roles: ['analyst'], team: 'Operations' },
    { key: 'ilse', name: 'Ilse Brandt', email: 'ilse@northwind.example', roles: ['ciso'], team: 'Operations' },
  ],
  onCall: 'dana',
}

/** Runs some work over it, and leaves nothing behind. */
export async function wholeServer<T>(root: string, work: (server: WholeServer) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-bench-server-'))
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(DATABASE_|npm_)/.test(name)))
  const child = spawn(process.execPath, [path.join(root, 'bin/start.mjs')], {
    cwd: root,
    env: {
      ...env,
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL: '',
      COUNTERSIGN_DATA: folder,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let superuser: pg.Pool | undefined
  try {
    const url = await said(
      () => output,
      /^Ready after .* at (\S+)/m,
      () => child.exitCode !== null,
    )
    const people = await foundOrganisation(
      url,
      await said(
        () => output,
        /(http:\/\/\S+\/welcome\/\S+)/,
        () => false,
      ),
      CAST,
    )
    const signedIn = (key: string) => {
      const { email, password } = people.get(key) as FoundPerson
      return new ConsoleClient(url).signIn(email, password)
    }
    superuser = new pg.Pool({ connectionString: superuserUrl(folder), max: 8 })
    superuser.on('error', () => undefined)
    const [analyst, ciso] = [await signedIn('dana'), await signedIn('ilse')]
    return await work({ url, analyst, ciso, superuser })
  } finally {
    await superuser?.end()
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

async function said(output: () => string, what: RegExp, over: () => boolean): Promise<string> {
  for (;;) {
    const found = what.exec(output())?.[1]
    if (found !== undefined) return found
    if (over()) throw new Error(`The server ended:\n${output()}`)
    await sleep(50)
  }
}

/** Where the embedded Postgres listens (the fourth line of its pid file), and the password it was made with. */
function superuserUrl(folder: string): string {
  const port = readFileSync(path.join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[3] ?? ''
  const { superuser } = JSON.parse(readFileSync(path.join(folder, 'logins.json'), 'utf8')) as { superuser: string }
  return `postgresql://postgres:${encodeURIComponent(superuser)}@127.0.0.1:${port}/countersign`
}
