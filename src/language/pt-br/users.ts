import type { Catalogue } from '../text.ts'

export const USERS: Catalogue = {
  AT: 'QUANDO',
  WHO: 'QUEM',
  ACTION: 'AÇÃO',
  ON: 'SOBRE',
  'No matching entries.': 'Nenhum registro corresponde.',
  'as {0}, by {1}': 'como {0}, por {1}',
  'by this user, or with a token or password that they set': 'deste usuário, ou com um token ou senha que ele definiu',
  'only actions with this beginning: user.login, setting': 'só ações com este começo: user.login, setting',
  'at most this many': 'no máximo esta quantidade',
  'Added {0} {1}.': '{0} {1} adicionado.',
  'E-MAIL': 'E-MAIL',
  ROLE: 'PAPEL',
  STATE: 'SITUAÇÃO',
  disabled: 'desativado',
  enabled: 'ativo',
  'No users yet.': 'Ainda não há usuários.',
  'disabled {0}': 'desativado em {0}',
  password: 'senha',
  set: 'definida',
  'none: tokens only': 'nenhuma: só tokens',
  "The audit records that you set {0}'s password, with all their actions until they set their own.":
    'A auditoria registra que você definiu a senha de {0}, com todas as ações dele até que defina a própria.',
  '{0} {1}, disabled.': '{0} {1}, desativado.',
  '{0} has no password yet: the first one cannot be set with a token':
    '{0} ainda não tem senha: a primeira não pode ser definida com um token',
  'New password': 'Senha nova',
  'stdin must contain two lines: the old password, then the new one':
    'a entrada padrão deve ter duas linhas: a senha antiga e depois a nova',
  'stdin must contain one line: the new password': 'a entrada padrão deve ter uma linha: a senha nova',
  'Old password': 'Senha antiga',
  'Disable yourself? Only another ADMIN can enable you again.':
    'Desativar você mesmo? Só outro ADMIN poderá reativar você.',
  'Disabled {0}.': '{0} desativado.',
  'Enabled {0}.': '{0} ativado.',
  'For CAMP_TOKEN, as {0}, until {1}. Keep it like a password.':
    'Para CAMP_TOKEN, como {0}, até {1}. Guarde-o como uma senha.',
  'add a user (without users: no login, must be ADMIN)':
    'adiciona um usuário (sem usuários: sem login, deve ser ADMIN)',
  'read their password from stdin (without one: tokens only)':
    'lê a senha dele da entrada padrão (sem senha: só tokens)',
  'all users': 'todos os usuários',
  'a user': 'um usuário',
  'their new name': 'seu novo nome',
  'read it from stdin (your own: old password on line 1)': 'lê da entrada padrão (a sua: senha antiga na linha 1)',
  'as camp user enable': 'como camp user enable',
  'end their sessions and tokens': 'encerra as sessões e os tokens dele',
  'disable a user and end their sessions and tokens': 'desativa um usuário e encerra suas sessões e tokens',
  'It asks if the user is yourself; --yes answers.': 'Pergunta se o usuário é você mesmo; --yes responde.',
  'enable a disabled user again (ADMIN)': 'ativa de novo um usuário desativado (ADMIN)',
  'print a CAMP_TOKEN for yourself or (ADMIN) for others': 'mostra um CAMP_TOKEN para você ou (ADMIN) para outros',
  'how many days it is valid': 'por quantos dias ele vale',
  'who did what, and with whose token: list, export, verify':
    'quem fez o quê, e com o token de quem: list, export, verify',
  'recorded actions, newest first (ADMIN, AUDITOR)': 'ações registradas, da mais nova à mais antiga (ADMIN, AUDITOR)',
  '{0} has no password: camp user password {1}, or camp user token {2}':
    '{0} não tem senha: camp user password {1}, ou camp user token {2}',
  'user: add, list, show, set, password, disable, enable, token':
    'usuário: add, list, show, set, password, disable, enable, token',
  'change a user (ADMIN, or own name)': 'altera um usuário (ADMIN, ou o próprio nome)',
  '"as bob@x, by ana@x": bob acted with a token that ana created, or a password that ana set.':
    '"as bob@x, by ana@x": bob agiu com um token que ana criou, ou com uma senha que ana definiu.',
}
