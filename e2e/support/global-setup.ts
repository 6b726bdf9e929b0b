import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { foundOrganisation } from '../../prisma/scenarios/found'
import { confirmCatalogue } from '../../prisma/scenarios/govern'
import { startServer } from './server'
import { WORLD_FILE, cast, catalogue, type World } from './world'

/** One server and one small organisation for every journey; the people are made as people are, through the console. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'countersign-e2e-'))
  const server = await startServer(folder)
  try {
    if (server.firstRun === undefined) throw new Error('The server printed no first-run link.')
    const people = await foundOrganisation(server.url, server.firstRun, cast)
    const [owner, analyst] = [people.get('priya'), people.get('dana')]
    if (owner === undefined || analyst === undefined) throw new Error('The cast lacks an owner or an analyst.')
    await confirmCatalogue(server.url, catalogue, owner, analyst)
    const world: World = {
      url: server.url,
      dataFolder: folder,
      serverErrors: server.errors,
      people: Object.fromEntries(people),
    }
    const file = path.join(folder, 'world.json')
    writeFileSync(file, JSON.stringify(world), { mode: 0o600 })
    process.env[WORLD_FILE] = file
  } catch (error) {
    await server.stop()
    throw error
  }
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
