import type { Catalogue } from '../text.ts'

export const CAMPAIGN_SETTINGS: Catalogue = {
  '--hours "{0}" is not a window within one day': '--hours "{0}" não é uma janela dentro de um dia',
  'Write it as 08:00-20:00; 00:00-24:00 is the whole day.': 'Escreva 08:00-20:00; 00:00-24:00 é o dia inteiro.',
  '--days "{0}" does not name days of the week': '--days "{0}" não nomeia dias da semana',
  'Write them as mon-sat, mon-sun or mon,wed,fri ({0}, or {1}).':
    'Escreva mon-sat, mon-sun ou mon,wed,fri ({0}, ou {1}).',
  '--state-laws "{0}" names no state': '--state-laws "{0}" não cita nenhum estado',
  '--state-laws "{0}" names {1}, whose law is unknown to camp':
    '--state-laws "{0}" cita {1}, cuja lei o camp não conhece',
  'Use none, auto, or some of {0}: see camp calendar laws.':
    'Use none, auto ou alguns de {0}: veja camp calendar laws.',
  '{0} never open for {1}: {2}': '{0} nunca abre para {1}: {2}',
  'Change --hours, --days or --state-laws, or remove these recipients from the file.':
    'Mude --hours, --days ou --state-laws, ou tire estes destinatários do arquivo.',
  '--throttle "{0}" is not a throttling': '--throttle "{0}" não é um ritmo',
  'none; fixed:30s (30 seconds between messages); random:20s-90s (between 20 and 90 seconds);':
    'none; fixed:30s (30 segundos entre mensagens); random:20s-90s (entre 20 e 90 segundos);',
  'linear:100/60m (100 messages every 60 minutes); ramp:50/day,x2 (a warm-up: 50 messages on the first day of':
    'linear:100/60m (100 mensagens a cada 60 minutos); ramp:50/day,x2 (aquecimento: 50 mensagens no primeiro dia de',
  'sending, twice as many on each further one; or +50 more; with a ceiling: ramp:50/day,x2,max 1000).':
    'envio, o dobro em cada dia seguinte; ou +50 a mais; com um teto: ramp:50/day,x2,max 1000).',
}
