/**
 * How a digest is written everywhere people or programs read it: `sha256:` and 64 hexadecimal digits. Apart from the hashing,
 * which a browser's code must not reach.
 */
export function digestText(digest: Uint8Array): string {
  return `sha256:${Buffer.from(digest).toString('hex')}`
}
