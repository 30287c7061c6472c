import type { Catalogue } from '../text.ts'

export const LOGIN: Catalogue = {
  'E-mail': 'E-mail',
  'Add it: camp login EMAIL': 'Acrescente-o: camp login EMAIL',
  Password: 'Senha',
  'CAMP_TOKEN is set, and is used instead of this session.': 'CAMP_TOKEN está definido e é usado em vez desta sessão.',
  'Logged in as {0} ({1}) until {2}.': 'Você entrou como {0} ({1}) até {2}.',
  'log in for 12 hours': 'entra por 12 horas',
  'read the password from stdin': 'lê a senha da entrada padrão',
  'CAMP_TOKEN is set, and still logs you in.': 'CAMP_TOKEN está definido, e você continua conectado por ele.',
  'Logged out.': 'Você saiu.',
  'You were not logged in.': 'Você não estava conectado.',
  'forget the session': 'encerra a sessão nesta máquina',
  SETTING: 'CONFIGURAÇÃO',
  VALUE: 'VALOR',
  MEANING: 'SIGNIFICADO',
  'No settings.': 'Não há configurações.',
  '{0} is {1} (it was {2}).': '{0} é {1} (era {2}).',
  'settings of the installation: list, set': 'configurações da instalação: list, set',
  'every setting, its value and its meaning': 'cada configuração, seu valor e seu significado',
  'change a setting (ADMIN)': 'altera uma configuração (ADMIN)',
  'self-approval: allow or deny': 'self-approval: allow ou deny',
  'e-mail': 'e-mail',
  role: 'papel',
  through: 'por meio de',
  '{0} created this token or set this password: neither may approve what the other imported':
    '{0} criou este token ou definiu esta senha: nenhum dos dois pode aprovar o que o outro importou',
  'show the logged-in user and their role': 'mostra quem está conectado e seu papel',
  'Nothing was changed.': 'Nada mudou.',
  '{0} has set this password, and the audit records it. Set your own: camp user password':
    '{0} definiu esta senha, e a auditoria registra isso. Defina a sua: camp user password',
}
