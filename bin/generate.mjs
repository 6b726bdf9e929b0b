// Generates the Prisma client into lib/db/generated, unless it already is that of the schema as it stands.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const out = path.join(root, 'lib/db/generated')
const stamp = path.join(out, '.stamp')
const inputs = ['prisma/schema.prisma', 'package-lock.json'].map((file) => fs.readFileSync(path.join(root, file)))
const wanted = inputs.reduce((hash, bytes) => hash.update(bytes), createHash('sha256')).digest('hex')

if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== wanted) {
  const prisma = path.join(root, 'node_modules/prisma/build/index.js')
  try {
    execFileSync(process.execPath, [prisma, 'generate', '--config', 'prisma/prisma.config.ts'], {
      cwd: root,
      env: { ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
      stdio: 'pipe',
    })
  } catch (error) {
    process.stderr.write(`${String(error.stdout)}${String(error.stderr)}`)
    process.exit(1)
  }
  fs.writeFileSync(stamp, wanted)
}
