import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { judge, type Verdict } from '../../../src/inbound/judge.ts'

/** Replies as a collection agency gets them, each with the verdict that a person gives it. */
const REPLIES = readFileSync(new URL('../../../fixtures/replies/replies.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map(line => {
    const [text, verdict] = line.split('\t') as [string, Verdict]
    return { text, verdict }
  })

const verdictOf = (text: string, name: string | null = null) => judge({ text, payload: null, name }).verdict
const ofKind = (kind: Verdict) => REPLIES.filter(({ verdict }) => verdict === kind)
const share = (replies: readonly { text: string }[], kind: Verdict) =>
  replies.filter(({ text }) => verdictOf(text) === kind).length / replies.length

describe('the table of replies', () => {
  it('is as large as what it shows, and says nothing twice', () => {
    const least: Record<Verdict, number> = { OPT_OUT: 180, WRONG_PERSON: 120, PAID: 80, OTHER: 220 }
    for (const [kind, most] of Object.entries(least))
      expect(ofKind(kind as Verdict).length).toBeGreaterThanOrEqual(most)
    expect(new Set(REPLIES.map(({ text }) => text)).size).toBe(REPLIES.length)
  })

  it('has no stop that is not found', () => {
    expect(ofKind('OPT_OUT').filter(({ text }) => verdictOf(text) !== 'OPT_OUT')).toEqual([])
  })

  it('has at most one reply in a hundred that is taken for a stop and is none', () => {
    const others = REPLIES.filter(({ verdict }) => verdict !== 'OPT_OUT')
    expect(share(others, 'OPT_OUT')).toBeLessThanOrEqual(0.01)
  })

  it.each([
    ['WRONG_PERSON', 0.97],
    ['PAID', 0.95],
    ['OTHER', 0.97],
  ] as const)('has its %s found, but for a few', (kind, least) => {
    expect(share(ofKind(kind), kind)).toBeGreaterThanOrEqual(least)
  })
})

describe('a stop word alone', () => {
  it.each(['SAIR', 'Pare', 'PARAR', 'cancelar', 'Remover', 'STOP', 'descadastrar'])(
    '"%s" is a stop however it is dressed',
    word => {
      const dressed = [
        word,
        `${word}!!!`,
        ` ${word} `,
        `*${word}*`,
        `${word} 🙏`,
        `${word}, por favor`,
        `${word}\n`,
        `1 - ${word}`,
      ]
      expect(dressed.filter(text => verdictOf(text) !== 'OPT_OUT')).toEqual([])
    },
  )

  it.each(['SAIIIIR', 'pareee', 'canselar', 'cancelr', 'romover', 'S A I R', 's.a.i.r', '🛑', 'siar'])(
    '"%s" is a misspelt one',
    text => {
      expect(verdictOf(text)).toBe('OPT_OUT')
    },
  )

  it.each(['pagar', 'parcela', 'parei', 'saiu', 'parte', 'receber', 'padre', 'falar', 'cancelado'])(
    '"%s" is none',
    text => {
      expect(verdictOf(text)).toBe('OTHER')
    },
  )
})

describe('a false friend is no stop', () => {
  it.each([
    'não vou parar de pagar',
    'quero sair das dívidas',
    'quando vou receber a 2a via',
    'pode parar aqui na loja?',
    'cancelar o acordo?',
    'tira meu nome do serasa',
    'para pagar à vista',
    'não pare de mandar',
  ])('%s', text => {
    expect(verdictOf(text)).toBe('OTHER')
  })
})

describe('a button', () => {
  const pressed = (payload: string, text: string | null = null) => judge({ text, payload, name: null }).verdict

  it('counts by its payload or by its title', () => {
    expect(pressed('STOP_PROMOTIONS')).toBe('OPT_OUT')
    expect(pressed('optOut')).toBe('OPT_OUT')
    expect(pressed('opt-out')).toBe('OPT_OUT')
    expect(pressed('btn_sair', 'Sair da lista')).toBe('OPT_OUT')
    expect(pressed('3f2a', 'Parar promoções')).toBe('OPT_OUT')
    expect(pressed('NAO_SOU_EU')).toBe('WRONG_PERSON')
    expect(pressed('b1', 'Já paguei')).toBe('PAID')
    expect(pressed('negociar', 'Quero negociar')).toBe('OTHER')
  })
})

describe('the name that was written to', () => {
  it('is a name in a reply, though no list of names has it', () => {
    expect(verdictOf('nao sou everlandia', 'Everlândia Souza')).toBe('WRONG_PERSON')
    expect(verdictOf('nao sou rico', 'Everlândia Souza')).toBe('OTHER')
  })
})

describe('of several meanings', () => {
  it('an opt-out counts before a wrong person, and that before a payment', () => {
    expect(verdictOf('número errado, parem de mandar mensagem')).toBe('OPT_OUT')
    expect(verdictOf('já paguei, parem')).toBe('OPT_OUT')
    expect(verdictOf('não sou eu, e ele já pagou')).toBe('WRONG_PERSON')
  })
})

it('tells the words that decided', () => {
  expect(judge({ text: 'Olha, NÃO quero mais receber isso', payload: null, name: null }).words).toBe(
    'nao quero mais receber',
  )
  expect(judge({ text: 'Não sou a Kelly', payload: null, name: null }).words).toBe('nao sou a kelly')
  expect(judge({ text: 'oi', payload: null, name: null })).toEqual({ verdict: 'OTHER', words: '' })
})

it('takes nothing for a meaning where nothing is written', () => {
  for (const text of ['', ' ', '...', '?', '\u0000']) expect(verdictOf(text)).toBe('OTHER')
  expect(judge({ text: null, payload: null, name: null }).verdict).toBe('OTHER')
})

it('judges a long text in no more time than its length takes', () => {
  const text = 'nao me mande '.repeat(100_000)
  const begun = process.hrtime.bigint()
  judge({ text, payload: null, name: null })
  expect(Number(process.hrtime.bigint() - begun) / 1e6).toBeLessThan(500)
})
