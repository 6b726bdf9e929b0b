import { Download } from 'lucide-react'
import { paths } from '@/lib/core/paths'
import { ButtonLink } from '../ui/button'

/** Leads to the page where what the audit list shows is taken away; carries its filter along. */
export function ExportMenu({ query }: { query: NonNullable<Parameters<typeof paths.export>[0]> }) {
  return (
    <ButtonLink href={paths.export(query)} icon={Download}>
      Export…
    </ButtonLink>
  )
}
