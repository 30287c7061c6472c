/**
 * How many SMS a text takes, for brokers that bill each. In the GSM 7-bit alphabet one SMS holds 160 characters, and each part
 * of a longer text 153; those of its extension table count twice. One character that is in neither (ã, ç, ê: most accents of
 * Portuguese) makes the whole text UCS-2: 70 in one, 67 in each part. A character that counts twice is never split. Source:
 * 3GPP TS 23.038 (the alphabets) and 23.040 (the parts).
 */
export interface SmsParts {
  count: number
  /** It has a character outside of the GSM alphabet. */
  unicode: boolean
}

export function smsParts(text: string): SmsParts {
  let units = 0
  for (const character of text) {
    if (BASIC.has(character)) units++
    else if (EXTENSION.has(character)) units += 2
    else return { count: partsOf(text, utf16Units, 70, 67), unicode: true }
  }
  return { count: units <= 160 ? 1 : partsOf(text, septets, 160, 153), unicode: false }
}

/** The characters of a text that are not in the GSM alphabet, each once. */
export function outsideGsm(text: string): string[] {
  return [...new Set(text)].filter(character => !BASIC.has(character) && !EXTENSION.has(character))
}

function partsOf(text: string, unitsOf: (character: string) => number, alone: number, together: number): number {
  let [total, parts, left] = [0, 1, together]
  for (const character of text) {
    const units = unitsOf(character)
    total += units
    if (units > left) {
      parts++
      left = together
    }
    left -= units
  }
  return total <= alone ? 1 : parts
}

function septets(character: string): number {
  return EXTENSION.has(character) ? 2 : 1
}

function utf16Units(character: string): number {
  return character.length
}

const BASIC: ReadonlySet<string> = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const EXTENSION: ReadonlySet<string> = new Set('\f^{}\\[~]|€')
