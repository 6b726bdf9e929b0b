/** The first stop of the keyboard on every page. The page's `<main>` has the id `main`. */
export function SkipLink() {
  return (
    <a className="skip" href="#main">
      Skip to content
    </a>
  )
}
