// Imported before anything else by every command: says in one sentence that a Node is too old, before newer syntax or a missing
// function says it worse. It therefore uses nothing new itself.
const OLDEST = [20, 19]
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `countersign: This is Node ${process.versions.node}; Countersign needs Node ${OLDEST.join('.')} or newer.\n`,
  )
  process.exit(1)
}
