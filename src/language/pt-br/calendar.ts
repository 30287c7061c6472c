import type { Catalogue } from '../text.ts'

export const CALENDAR: Catalogue = {
  'See: camp calendar list': 'Veja: camp calendar list',
  '"{0}" is not a day': '"{0}" não é um dia',
  'Write it as 2026-12-24 or 24/12/2026; 24/12 is that day every year.':
    'Escreva 2026-12-24 ou 24/12/2026; 24/12 é esse dia de todos os anos.',
  '"{0}" is not a state': '"{0}" não é um estado',
  'Use one of {0}.': 'Use um de {0}.',
  '{0} for {1} is not an added day of the calendar': '{0} para {1} não é um dia adicionado ao calendário',
  '{0} is not an added day of the calendar': '{0} não é um dia adicionado ao calendário',
  "covers calls and text messages, as quoted from the state's Procon; the law itself was not read":
    'abrange ligações e mensagens de texto, segundo o Procon do estado; a lei em si não foi lida',
  "known from one article, which gives only the end, 19:00; the start is that of the campaign's hours":
    'conhecida por um artigo, que indica só o fim, 19:00; o início é o do horário da campanha',
  'known from one article; whether it covers text messages is unknown':
    'conhecida por um artigo; não se sabe se abrange mensagens de texto',
  "its text covers only phone calls, as the state's Procon noted; it is applied to messages as a precaution":
    'seu texto abrange só ligações, como observou o Procon do estado; aplica-se às mensagens por precaução',
  '{0} is already a national holiday': '{0} já é feriado nacional',
  '{0} in {1}': '{0} em {1}',
  'No messages are sent on {0}.': 'Nenhuma mensagem é enviada em {0}.',
  '{0} was already in the calendar.': '{0} já estava no calendário.',
  'Allow contact on {0} again?': 'Permitir de novo o contato em {0}?',
  'Removed {0} from the calendar.': '{0} removido do calendário.',
  'No holidays.': 'Não há feriados.',
  DAY: 'DIA',
  WEEKDAY: 'SEMANA',
  WHERE: 'ONDE',
  Brazil: 'Brasil',
  FROM: 'ORIGEM',
  '{0}, every year': '{0}, todo ano',
  CONTACT: 'CONTATO',
  no: 'não',
  yes: 'sim',
  national: 'nacional',
  own: 'próprio',
  optional: 'facultativo',
  state: 'estado',
  unknown: 'não se sabe',
  hours: 'horário',
  '{0}; no holidays': '{0}; exceto feriados',
  texts: 'textos',
  caveat: 'ressalva',
  source: 'origem',
  'They apply only to a campaign imported with --state-laws. They are not legal advice.':
    'Valem só para uma campanha importada com --state-laws. Não são orientação jurídica.',
  'days without contact and state laws: add, remove, list, laws':
    'dias sem contato e leis estaduais: add, remove, list, laws',
  'add a day without contact: 24/12/2026, 24/12 yearly (ADMIN)':
    'adiciona um dia sem contato: 24/12/2026, 24/12 yearly (ADMIN)',
  'its name': 'seu nome',
  'only for recipients of one state: SP': 'só para destinatários de um estado: SP',
  'remove a day that was added (ADMIN)': 'remove um dia adicionado (ADMIN)',
  'the day that was added for this state': 'o dia adicionado para este estado',
  'the holidays of a year: national and added ones': 'os feriados de um ano: nacionais e adicionados',
  'default: the current year': 'padrão: o ano atual',
  'also optional and state holidays, on which camp sends':
    'também feriados facultativos e estaduais, em que o camp envia',
  'state laws on contact hours for --state-laws, with sources':
    'leis estaduais de horário para --state-laws, com fontes',
}
