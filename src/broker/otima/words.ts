/** The words of Ótima's answers and callbacks, normalised for comparison: without case, accents and underscores. */
export function plainWord(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s_-]+/g, ' ')
    .trim()
    .toLowerCase()
}

/** "não entregue" → NAO_ENTREGUE: a word as an error code. */
export function codeOfWord(word: string): string {
  return plainWord(word).toUpperCase().replaceAll(' ', '_').slice(0, 40)
}
