import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { paths } from '@/lib/core/paths'
import { db } from '@/lib/db/client'
import type { Actor } from './actor'
import { actorOfCookies } from './actor-read'
import { ASKED_FOR_HEADER } from './asked-for'
import { localPath } from './local-path'

/** Who looks at this page, asked of the database once a request; undefined when nobody is signed in. */
export const currentActor = cache(async (): Promise<Actor | undefined> => {
  return actorOfCookies(db(), (await headers()).get('cookie'))
})

/**
 * Who looks at this page; whoever is not signed in is led to the sign-in page and back here afterwards. Every page calls
 * it, not only the layout: Next keeps a layout while it moves between pages, so a layout guards nothing by itself.
 */
export async function signedIn(): Promise<Actor> {
  const actor = await currentActor()
  if (actor === undefined) redirect(paths.login(await askedFor()))
  return actor
}

/** The console's address of this request, without Next's own parameters; undefined for the front page. */
async function askedFor(): Promise<string | undefined> {
  const path = localPath((await headers()).get(ASKED_FOR_HEADER))
  const url = new URL(path, 'http://console.invalid')
  url.searchParams.delete('_rsc')
  const asked = url.pathname + url.search
  return asked === '/' ? undefined : asked
}
