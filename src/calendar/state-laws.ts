/**
 * What states' laws say about when a debtor may be contacted, as data. No campaign is bound by them unless it says so
 * (--state-laws): none of these texts was checked by a lawyer, most are known second hand, and whether they mean messages at all
 * is open for all but one. Where a campaign takes one, it can only narrow its hours. A law that is not here is not known to camp,
 * which does not mean that there is none.
 */
export interface StateLaw {
  state: string
  law: string
  /** The window of each day, Monday first, in minutes since midnight; null: no contact. Holidays are closed in all of them. */
  week: readonly (LawWindow | null)[]
  /** Whether it names text messages. */
  texts: 'yes' | 'no' | 'unknown'
  caveat: string
  /** Where it was read. */
  source: string
}

/** `from` belongs to it, `to` does not. */
interface LawWindow {
  from: number
  to: number
}

const hours = (from: number, to: number): LawWindow => ({ from: from * 60, to: to * 60 })

/** Monday to Friday, Saturday; no Sunday in any of them. */
const week = (workday: LawWindow, saturday: LawWindow | null): StateLaw['week'] => [
  ...Array.from({ length: 5 }, () => workday),
  saturday,
  null,
]

export const STATE_LAWS: readonly StateLaw[] = [
  {
    state: 'AL',
    law: 'Lei 7.782/2016',
    week: week(hours(8, 20), hours(8, 14)),
    texts: 'yes',
    caveat: "covers calls and text messages, as quoted from the state's Procon; the law itself was not read",
    source:
      'https://7segundos.com.br/arapiraca/noticias/2018/04/16/92926-cobrancas-via-telefone-e-sms-sao-orientadas-pelo-procon-arapiraca',
  },
  {
    state: 'AM',
    law: 'Lei 306/2016',
    week: week(hours(0, 19), null),
    texts: 'unknown',
    caveat: "known from one article, which gives only the end, 19:00; the start is that of the campaign's hours",
    source: 'https://efic.com.br/?p=368',
  },
  {
    state: 'ES',
    law: 'Lei 10.626/2017',
    week: week(hours(8, 19), null),
    texts: 'unknown',
    caveat: 'known from one article; whether it covers text messages is unknown',
    source: 'https://efic.com.br/?p=368',
  },
  {
    state: 'RJ',
    law: 'Lei 7.868/2018',
    week: week(hours(9, 19), null),
    texts: 'unknown',
    caveat: 'known from one article; whether it covers text messages is unknown',
    source: 'https://efic.com.br/?p=368',
  },
  {
    state: 'SP',
    law: 'Lei 15.426/2014',
    week: week(hours(8, 20), hours(8, 14)),
    texts: 'no',
    caveat: "its text covers only phone calls, as the state's Procon noted; it is applied to messages as a precaution",
    source: 'https://sindivestuario.org.br/mais-uma-lei-estadual-regula-servicos-de-cobrancas/',
  },
]

const LAW_OF_STATE = new Map(STATE_LAWS.map(law => [law.state, law]))

export function lawOf(state: string): StateLaw | undefined {
  return LAW_OF_STATE.get(state)
}
