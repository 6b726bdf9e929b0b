/** `README.txt` of a bundle: what it is, in words for somebody who has never seen one. */
export const README = `An evidence bundle of Countersign
=================================

This file holds entries of a tamper-evident ledger, and everything it takes to check them on a machine that has never seen
the server they come from.

To check it:   npx countersign verify FILE.zip --vkey 'THE KEY YOU WROTE DOWN'
To read it:    open report.html in a browser and print it, or read the files with any editor. Nothing is compressed.

The key matters. Without one, the check trusts the key that lies in here, which whoever made this file could have made too.
Compare it with what the organisation published, or with what you wrote down yourself from its integrity page.

What is in here, in this order

  keys.json            the keys the log was signed under (C2SP signed-note verifier keys)
  checkpoints.jsonl    signed statements of the log's size and root (C2SP tlog-checkpoint), and proofs between them
  entries/             one entry a line, byte for byte as it was hashed. A line "#..." is the hash of an entry that is withheld
  proofs/              where entries were picked: for each its place, and its way to the root (RFC 9162, 2.1.3)
  openings/            what was said, for those who may see it: the entry commits to it under the nonce
  support-entries/     entries the others rest on: signatures of boundaries, roles, owners, and this export's own entry
  boundaries.jsonl     the boundary versions that decisions name, as they were signed
  people.json          who had which roles and who answered for which agent, as of then
  sample.json          a random sample, its seed, and how to draw it again
  report.html          a summary for people
  manifest.json        what was asked for, by whom, and the SHA-256 of every file; manifest.note is its seal

What it proves and what it does not prove, the check says when it is done.
`
