import path from 'node:path'
import { defineConfig } from 'prisma/config'

const here = import.meta.dirname

// The Prisma command line otherwise downloads a native engine; ours serves the same protocol from the npm package.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(here, 'schema-engine.mjs')

export default defineConfig({
  schema: path.join(here, 'schema.prisma'),
  migrations: { path: path.join(here, 'migrations') },
  datasource: {
    url: process.env.DATABASE_OWNER_URL ?? process.env.DATABASE_URL ?? 'postgresql://127.0.0.1:5432/countersign',
  },
})
