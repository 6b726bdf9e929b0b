import { ArrowDownNarrowWide } from 'lucide-react'
import { Button } from '../ui/button'
import { TextArea } from '../ui/field'
import { Seat } from '../ui/seat'

/** One person puts their own draft in force, because it only narrows. A plain form. */
export function TightenForm({ slug, version, digest }: { slug: string; version: number; digest: string }) {
  return (
    <form
      method="post"
      action={`/api/console/boundaries/${slug}/${String(version)}/tightening`}
      aria-label={`Put version ${String(version)} in force`}
      className="gap-above"
    >
      <Seat
        seat="you"
        who="You, alone"
        under="It only narrows what is in force, so it takes nobody else: it binds from this moment, also what runs now, and lapses when the signed version would."
      />
      <input type="hidden" name="digest" value={digest} />
      <TextArea
        label="Why it is tightened"
        name="statement"
        rows={3}
        required
        maxLength={2000}
        placeholder="In your own words. It stands on the ledger beside your name."
      />
      <Button type="submit" variant="pri" size="lg" wide icon={ArrowDownNarrowWide}>
        Put version {version} in force now
      </Button>
      <p className="t3 s12 gap-above">Or leave it for a ciso to sign, with a term of its own.</p>
    </form>
  )
}
