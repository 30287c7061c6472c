import { t } from '../language/text.ts'
import { filled } from './credential-fields.ts'

/**
 * Keys of a credential with the words by which a broker without documented answers is understood. A list is separated by commas; `*` at
 * an end of a word stands for anything; case does not matter.
 */
const list = filled.refine(isList, {
  error: () => t`must be words separated by commas, each with * at its ends at most`,
})

/** Values of status and result: a `no_words` that the broker says of a success sends messages twice (docs/wire/README.md#words). */
export const answerWords = {
  yes_words: list.default('ok,success,sucesso,true'),
  no_words: list.default(
    'erro*,error*,fail*,falh*,inválid*,invalid*,refused*,recusad*,rejeitad*,negad*,denied*,unauthorized*,unauthorised*,nok,false',
  ),
}

/** Words of a refusal that is about the account, and so about every message. */
export const accountWords = list.default(
  '*chave*,key,*apikey*,*token*,*equipe*,team,*credencia*,*autentica*,*autoriza*,*permiss*',
)

export interface AnswerWords {
  yes_words: string
  no_words: string
}

/** What a value says as a whole. @returns PART if both lists have it: they contradict each other */
export function saidInWords(value: string, { yes_words, no_words }: AnswerWords): 'YES' | 'NO' | 'PART' | undefined {
  const [yes, no] = [yes_words, no_words].map(words => fitsOne(value, words))
  if (no) return yes ? 'PART' : 'NO'
  return yes ? 'YES' : undefined
}

/** Whether a text has a word of the list. */
export function hasWord(text: string, words: string): boolean {
  return text.split(/[^\p{L}\p{N}]+/u).some(word => word !== '' && fitsOne(word, words))
}

function fitsOne(value: string, words: string): boolean {
  const plain = value.trim().toLowerCase()
  return patternsIn(words).some(pattern => fits(plain, pattern))
}

function fits(value: string, pattern: string): boolean {
  const word = pattern.replaceAll('*', '')
  if (!pattern.startsWith('*')) return pattern.endsWith('*') ? value.startsWith(word) : value === word
  return pattern.endsWith('*') ? value.includes(word) : value.endsWith(word)
}

function patternsIn(words: string): string[] {
  return words.split(',').map(word => word.trim().toLowerCase())
}

function isList(words: string): boolean {
  return patternsIn(words).every(pattern => /^\*?[^*]+\*?$/.test(pattern))
}
