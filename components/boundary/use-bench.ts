'use client'

import { useEffect, useState } from 'react'

/**
 * What makes the text a bench: the form, the reading of the text, completion. Loaded after the page, so that the text can be read
 * and edited before it, and the first load stays small.
 */
export type Bench = Awaited<ReturnType<typeof load>>

async function load() {
  const [{ edit }, { placeIn, pathOf }, { plainOf }, { readYaml }, { offersAt }, { FormView }] = await Promise.all([
    import('@/lib/boundary/edit'),
    import('@/lib/boundary/place-in'),
    import('@/lib/boundary/plain'),
    import('@/lib/boundary/yaml'),
    import('./completion'),
    import('./form-view'),
  ])
  return { edit, placeIn, pathOf, plainOf, readYaml, offersAt, FormView }
}

/** The bench once it is there, and null until then. */
export function useBench(): Bench | null {
  const [bench, setBench] = useState<Bench | null>(null)
  useEffect(() => {
    let here = true
    const begin = () => {
      void load().then((loaded) => {
        if (here) setBench(loaded)
      })
    }
    if (window.document.readyState === 'complete') begin()
    else window.addEventListener('load', begin, { once: true })
    return () => {
      here = false
      window.removeEventListener('load', begin)
    }
  }, [])
  return bench
}
