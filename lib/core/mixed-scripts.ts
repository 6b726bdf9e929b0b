/**
 * Words that are not what they look like (after Unicode TR 39, §5.1 and §5.2): `pаypal` with a Cyrillic а, a name drawn in
 * mathematical letters. Only words with letters outside ASCII are looked at.
 */
export type MixedWord = {
  /** where in the text, in UTF-16 units: from, and past its end */
  from: number
  to: number
  /** what its letters are of, for a mark: "Cyrillic + Latin" */
  scripts: string
}

const WORD = /[\p{L}\p{M}\p{N}\u{1d400}-\u{1d7ff}]+/gu
/** Scripts whose letters are taken for one another's. Others are told apart at sight, or by nobody here. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ['Latin', /[A-Za-z]|(?=\p{Script=Latin})[^\uff00-\uffef\u2100-\u214f\u{1d400}-\u{1d7ff}]/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /(?=\p{Script=Greek})[^\u{1d400}-\u{1d7ff}]/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['Coptic', /\p{Script=Coptic}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Lisu', /\p{Script=Lisu}/u],
  ['Deseret', /\p{Script=Deseret}/u],
  ['Georgian', /\p{Script=Georgian}/u],
  ['full width', /[\uff21-\uff3a\uff41-\uff5a]/u],
]
/** Letters drawn as others are: mathematical bold, script, double-struck. No word is written in them. */
const DRAWN = /[\u{1d400}-\u{1d7ff}]/u
/** Cyrillic and Greek letters nobody tells from Latin ones (of the confusables of TR 39, those that look the same in text faces). */
const TWINS = /^[асеорхуѕіјһԁԛԝӏАВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϲϳ]+$/u
const NOT_TWINS = /(?=[\p{Script=Cyrillic}\p{Script=Greek}])[^асеорхуѕіјһԁԛԝӏАВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϲϳ]/u

/** The words of a text that mix scripts, are drawn letters, or are made of look-alikes alone, in the order they stand. */
export function findMixed(text: string): MixedWord[] {
  const found: MixedWord[] = []
  // a text that has Cyrillic or Greek letters of its own is written in them: their twins are no disguise there
  let own: boolean | undefined
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!/[^\x20-\x7e]/.test(word)) continue
    const scripts = SCRIPTS.flatMap(([name, letters]) => (letters.test(word) ? [name] : []))
    if (DRAWN.test(word)) scripts.push('letters drawn like others')
    const whole = { from: index, to: index + word.length }
    if (scripts.length > 1 || DRAWN.test(word)) found.push({ ...whole, scripts: scripts.toSorted().join(' + ') })
    else if (word.length > 1 && TWINS.test(word)) {
      own ??= NOT_TWINS.test(text)
      if (!own) found.push({ ...whole, scripts: `${scripts[0] ?? 'letters'} that looks Latin` })
    }
  }
  return found
}
