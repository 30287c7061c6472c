import type { Catalogue } from '../text.ts'

export const RECURRENCE: Catalogue = {
  '--repeat "{0}" is not a cron expression: {1}': '--repeat "{0}" não é uma expressão cron: {1}',
  'Minute, hour, day, month, weekday in {0}: "0 9 * * 1-5" is Monday to Friday at nine; or @daily.':
    'Minuto, hora, dia, mês, dia da semana em {0}: "0 9 * * 1-5" é de segunda a sexta às nove; ou @daily.',
  'its owner {0} is disabled': 'seu dono {0} está desativado',
  'its owner {0} is an AUDITOR now, and an AUDITOR imports nothing':
    'seu dono {0} agora é um AUDITOR, e um AUDITOR não importa nada',
  'its owner {0} is no longer an ADMIN, and its settings require one':
    'seu dono {0} não é mais um ADMIN, e as opções dela exigem um',
  'another process already handled this occurrence': 'outro processo já tratou esta ocorrência',
  'no recurring campaign "{0}"': 'não há a campanha recorrente "{0}"',
  'See: camp campaign repeat list': 'Veja: camp campaign repeat list',
  '"{0}" is the beginning of several recurring campaigns: {1}': '"{0}" é o começo de várias campanhas recorrentes: {1}',
  'cannot {0} {1}: it is {2}': 'não é possível {0} {1}: ela está {2}',
  '"{0}" is not a folder and a pattern for its files\' names':
    '"{0}" não é uma pasta e um padrão para os nomes dos arquivos',
  "Write it in quotes, wildcards in the last part only: 'inbox/*.csv'":
    "Escreva entre aspas, com curingas só na última parte: 'inbox/*.csv'",
  'the folder {0} does not exist': 'a pasta {0} não existe',
  'Check the path; it is relative to the current folder.': 'Confira o caminho; ele é relativo à pasta atual.',
  '{0} is removed': '{0} foi removida',
  '{0} has no standing approval': '{0} não tem aprovação permanente',
}
