#!/usr/bin/env node
/**
 * Prisma's command line without a download: the schema engine's protocol (JSON-RPC, one object a line, on stdio) answered by
 * the WebAssembly engine of the npm package over node-postgres. Only `prisma generate` and people writing migrations need
 * it; a server at start-up applies migrations by itself (lib/db/migrate.ts).
 */
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { createRequire } from 'node:module'
import { randomUUID } from 'node:crypto'
import pg from 'pg'

const wasmFolder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
const args = process.argv.slice(2)

/** Every value given for a repeatable flag. */
const valuesOf = (flag) => args.flatMap((arg, i) => (arg === flag ? [args[i + 1]] : []))

const datasource =
  valuesOf('--datasource')
    .map((json) => JSON.parse(json))
    .at(-1) ?? {}
const schemas = valuesOf('--datamodels').map((file) => [file, fs.readFileSync(file, 'utf8')])

function version() {
  const { version: full } = JSON.parse(fs.readFileSync(path.join(wasmFolder, 'package.json'), 'utf8'))
  return `schema-engine-cli ${full.split('.').at(-1)}`
}

/** Runs `work` on the server's maintenance database, with the name of the database that the URL asks for. */
async function onServer(work) {
  const url = new URL(datasource.url)
  const name = decodeURIComponent(url.pathname.slice(1))
  url.pathname = '/postgres'
  url.searchParams.delete('schema')
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return await work(client, name)
  } finally {
    await client.end()
  }
}

async function createDatabase() {
  return onServer(async (client, name) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
    return name
  })
}

const shell = {
  'can-connect-to-database': async () => {
    const client = new pg.Client({ connectionString: datasource.url })
    await client.connect()
    await client.end()
  },
  'create-database': createDatabase,
  'drop-database': () =>
    onServer((client, name) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)}`)),
}

/** Prisma reads failures of one-off commands from stderr, as a log line with its own error code. */
async function runShellCommand(name) {
  try {
    await shell[name]?.()
    return 0
  } catch (error) {
    const code = { '3D000': 'P1003', '28P01': 'P1000' }[error.code] ?? 'P1001'
    const line = {
      level: 'ERROR',
      target: 'schema_engine::logger',
      fields: { error_code: code, message: error.message },
    }
    process.stderr.write(`{}\n${JSON.stringify(line)}\n`)
    return 1
  }
}

const OID_CHAR = 18
const OID_TEXT = 25

/**
 * adapter-pg 7.10 lacks two things the engine needs: the catalogue's one-byte "char" type (the describer reads it), and
 * scripts sent whole (it cuts at every semicolon, also inside a function's body).
 */
function completed(connection, { ColumnTypeEnum }) {
  const performIO = connection.performIO.bind(connection)
  const queryRaw = connection.queryRaw.bind(connection)
  let charColumns = new WeakMap()
  connection.performIO = async (query) => {
    const result = await performIO(query)
    const columns = (result.fields ?? []).flatMap((field, i) => (field.dataTypeID === OID_CHAR ? [i] : []))
    for (const i of columns) result.fields[i].dataTypeID = OID_TEXT
    charColumns.set(query, columns)
    return result
  }
  connection.queryRaw = async (query) => {
    const own = { ...query }
    const result = await queryRaw(own)
    for (const i of charColumns.get(own) ?? []) result.columnTypes[i] = ColumnTypeEnum.Character
    return result
  }
  connection.executeScript = async (script) => {
    try {
      await connection.underlyingDriver().query(script)
    } catch (error) {
      connection.onError(error)
    }
  }
  return connection
}

/** A throw-away database beside the real one, for `migrate dev` and `diff`; adapter-pg's own forgets the database's name. */
async function connectShadow(open) {
  if (datasource.shadowDatabaseUrl) return open(datasource.shadowDatabaseUrl)
  const name = `prisma_shadow_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ connectionString: datasource.url })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  const url = new URL(datasource.url)
  url.pathname = `/${name}`
  const connection = await open(url.href)
  const dispose = connection.dispose.bind(connection)
  connection.dispose = async () => {
    await dispose()
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await admin.end()
  }
  return connection
}

async function loadEngine() {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const module = new WebAssembly.Module(fs.readFileSync(path.join(wasmFolder, 'schema_engine_bg.wasm')))
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()

  const utils = await import('@prisma/driver-adapter-utils')
  const { PrismaPg } = await import('@prisma/adapter-pg')
  const schema = datasource.url && new URL(datasource.url).searchParams.get('schema')
  const adapter = (url) => new PrismaPg({ connectionString: url, max: 1 }, schema ? { schema } : undefined)
  const open = async (url) => completed(await adapter(url).connect(), utils)
  const { provider, adapterName } = adapter(datasource.url ?? 'postgresql://127.0.0.1')
  const factory = {
    provider,
    adapterName,
    connect: () => open(datasource.url),
    connectToShadowDb: () => connectShadow(open),
  }
  const log = (line) => process.env.DEBUG_SCHEMA_ENGINE && process.stderr.write(`${line}\n`)
  const options = { datamodels: schemas.length > 0 ? schemas : undefined }
  return glue.SchemaEngine.new(options, log, utils.bindMigrationAwareSqlAdapterFactory(factory))
}

let engine
let printed = 0
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)

async function call(method, params) {
  if (method === 'createDatabase') return { databaseName: await createDatabase() }
  engine ??= loadEngine()
  const loaded = await engine
  if (method === 'getDatabaseVersion') return loaded.version()
  if (typeof loaded[method] !== 'function') throw new Error(`the WebAssembly engine has no method ${method}`)
  const result = await loaded[method](params)
  if (method === 'diff' && result.stdout != null) {
    printed += 1
    send({ id: `print-${printed}`, method: 'print', params: { content: result.stdout } })
    return { exitCode: result.exitCode }
  }
  return result ?? null
}

async function answer({ id, method, params }) {
  try {
    send({ id, result: await call(method, params) })
  } catch (error) {
    const data = { is_panic: false, message: error.message, error_code: error.code, meta: error.meta }
    send({ id, error: { code: 4466, message: 'An error happened. Check the data field for details.', data } })
  }
}

if (args[0] === '--version') {
  process.stdout.write(`${version()}\n`)
} else if (args.includes('cli')) {
  process.exit(await runShellCommand(args[args.indexOf('cli') + 1]))
} else {
  const running = new Set()
  const lines = readline.createInterface({ input: process.stdin })
  for await (const line of lines) {
    if (line.trim() === '') continue
    const message = JSON.parse(line)
    if (!message.method) continue
    const work = answer(message).finally(() => running.delete(work))
    running.add(work)
  }
  await Promise.all(running)
  process.exit(0)
}
