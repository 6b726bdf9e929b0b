import { Kbd } from '../ui/kbd'

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Ctrl', 'Enter'], 'saves the draft; Ctrl and S too'],
  [['Ctrl', 'Z'], 'undoes the last change, of the form or of the text'],
  [['Ctrl', 'Shift', 'Z'], 'does it again'],
  [['Ctrl', 'Space'], 'in the text: what could be written here; arrows and Enter choose, Escape closes'],
  [['F8'], 'goes to the next thing that is not right'],
  [['Enter'], 'in the form: keeps what is written, and adds it where something is added'],
  [['Tab'], 'leaves the text: it types no tab there, and never holds you'],
]

/** The keys of the editor; each only is a shorter way to a button or a field. */
export function EditorKeys() {
  return (
    <details className="ed-keys">
      <summary>Keys</summary>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="t3">On a Mac, ⌘ is Ctrl.</p>
    </details>
  )
}
