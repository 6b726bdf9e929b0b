/** A line that has not arrived yet, as high as it will be. Pair it with one `role="status"` sentence for the whole region. */
export function Skeleton({ size }: { size?: 's' | 'l' }) {
  return <span aria-hidden className={size ? `sk ${size}` : 'sk'} />
}
