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
}
