import type { Catalogue } from '../text.ts'

export const SETTINGS: Catalogue = {
  'settings from the environment are wrong: {0}': 'as configurações do ambiente estão erradas: {0}',
  'the user {0} has no home folder, and CAMP_HOME is not set':
    'o usuário {0} não tem pasta pessoal, e CAMP_HOME não está definida',
  'Set CAMP_HOME to a folder that this user may write to.':
    'Defina CAMP_HOME como uma pasta em que este usuário possa gravar.',
  'the settings in {0} cannot be read: {1}': 'as configurações em {0} não podem ser lidas: {1}',
  'Check the path in --env-file or CAMP_ENV_FILE, and the permissions of the file.':
    'Confira o caminho em --env-file ou CAMP_ENV_FILE e as permissões do arquivo.',
  'the settings in {0} cannot be read: the file is not UTF-8':
    'as configurações em {0} não podem ser lidas: o arquivo não está em UTF-8',
  'Save it as UTF-8 without a byte order mark.': 'Salve-o em UTF-8 sem marca de ordem de bytes (BOM).',
  '{0}, line {1}: {2}': '{0}, linha {1}: {2}',
  'A line is KEY=value or a comment, as in systemd’s EnvironmentFile=.':
    'Cada linha é CHAVE=valor ou um comentário, como em EnvironmentFile= do systemd.',
  'the disk of CAMP_HOME ({0}) is full: {1}': 'o disco de CAMP_HOME ({0}) está cheio: {1}',
  'Free space on it, or set CAMP_HOME to a folder on another disk.':
    'Libere espaço nele, ou defina CAMP_HOME como uma pasta em outro disco.',
  'CAMP_HOME ({0}) belongs to {1}, and {2} may not read its content':
    'CAMP_HOME ({0}) pertence a {1}, e {2} não pode ler seu conteúdo',
  'Run camp as {0}, or set CAMP_HOME to a folder of your own, or DATABASE_URL to the server that both use.':
    'Execute o camp como {0}, ou defina CAMP_HOME como uma pasta sua, ou DATABASE_URL como o servidor que ambos usam.',
  'CAMP_HOME ({0}) cannot be used by {1}: {2}': 'CAMP_HOME ({0}) não pode ser usada por {1}: {2}',
  'Set CAMP_HOME to a folder that this user may write to, or run camp as the user whose folder it is.':
    'Defina CAMP_HOME como uma pasta em que este usuário possa gravar, ou execute o camp como o dono da pasta.',
}
