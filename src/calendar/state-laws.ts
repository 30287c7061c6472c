import { t } from '../language/text.ts'

/**
 * State laws on when a debtor may be contacted, as data. A law applies only to campaigns that choose it (--state-laws): none of
 * these texts was checked by a lawyer, most are known second hand, and for all but one it is open whether they cover messages at
 * all. A law can only narrow a campaign's hours. A state that is missing here may still have a law that camp does not know.
 */
export interface StateLaw {
  state: string
  law: string
  /**
   * The window of each day, Monday first, in minutes since midnight; null: no contact. All of them forbid contact on holidays.
   */
  week: readonly (LawWindow | null)[]
  /** Whether the law names text messages. */
  texts: 'yes' | 'no' | 'unknown'
  caveat: () => string
  /** Where the law was read about. */
  source: string
}

/** `from` is inclusive, `to` exclusive. */
interface LawWindow {
  from: number
  to: number
}

const hours = (from: number, to: number): LawWindow => ({ from: from * 60, to: to * 60 })

/** Monday to Friday, then Saturday; none of the laws allows Sunday. */
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
    caveat: () => t`covers calls and text messages, as quoted from the state's Procon; the law itself was not read`,
    source:
      'https://7segundos.com.br/arapiraca/noticias/2018/04/16/92926-cobrancas-via-telefone-e-sms-sao-orientadas-pelo-procon-arapiraca',
  },
  {
    state: 'AM',
    law: 'Lei 306/2016',
    week: week(hours(0, 19), null),
    texts: 'unknown',
    caveat: () => t`known from one article, which gives only the end, 19:00; the start is that of the campaign's hours`,
    source: 'https://efic.com.br/?p=368',
  },
  {
    state: 'ES',
    law: 'Lei 10.626/2017',
    week: week(hours(8, 19), null),
    texts: 'unknown',
    caveat: () => t`known from one article; whether it covers text messages is unknown`,
    source: 'https://efic.com.br/?p=368',
  },
  {
    state: 'RJ',
    law: 'Lei 7.868/2018',
    week: week(hours(9, 19), null),
    texts: 'unknown',
    caveat: () => t`known from one article; whether it covers text messages is unknown`,
    source: 'https://efic.com.br/?p=368',
  },
  {
    state: 'SP',
    law: 'Lei 15.426/2014',
    week: week(hours(8, 20), hours(8, 14)),
    texts: 'no',
    caveat: () => t`its text covers only phone calls, as the state's Procon noted; it is applied to messages as a
      precaution`,
    source: 'https://sindivestuario.org.br/mais-uma-lei-estadual-regula-servicos-de-cobrancas/',
  },
]

const LAW_OF_STATE = new Map(STATE_LAWS.map(law => [law.state, law]))

export function lawOf(state: string): StateLaw | undefined {
  return LAW_OF_STATE.get(state)
}
