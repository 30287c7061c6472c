import type { Catalogue } from '../text.ts'

/** camp campaign rejects. */
export const REJECTS: Catalogue = {
  '{0} has no row on line {1}, where the import had one':
    '{0} não tem nenhuma linha de dados na linha {1}, onde a importação tinha uma',
  'This version reads the file in another way. The reasons: camp campaign leads ID --status ERROR':
    'Esta versão lê o arquivo de outra forma. Os motivos: camp campaign leads ID --status ERROR',
  'camp does not know how it read the file of {0}': 'o camp não sabe como leu o arquivo de {0}',
  'Only imports since this was stored have it. The reasons: camp campaign leads {0} --status ERROR':
    'Só as importações feitas desde que isso é gravado o têm. Os motivos: camp campaign leads {0} --status ERROR',
  '--rejects names the imported file itself': '--rejects nomeia o próprio arquivo importado',
  'the rejects were not written: interrupted': 'as linhas recusadas não foram gravadas: interrompido',
  '{0} is not the file that {1} was imported from': '{0} não é o arquivo do qual {1} foi importada',
  'That was {0}, with the SHA-256 {1}; this one has {2}.': 'Esse era {0}, com o SHA-256 {1}; este tem {2}.',
  'on a server the imported file must be named': 'em um servidor, o arquivo importado deve ser nomeado',
  'Name it: --file {0}': 'Nomeie-o: --file {0}',
  '{0} rows are left out: their personal data was erased':
    '{0} linhas ficam de fora: seus dados pessoais foram apagados',
  '{0} refused rows of {1} written to {2}.': '{0} linhas recusadas de {1} gravadas em {2}.',
  'write the rows that its import refused to a file again':
    'grava de novo em um arquivo as linhas que a importação recusou',
  'the file to write, as by an import with --rejects': 'o arquivo a gravar, como em uma importação com --rejects',
  'the imported file (default: its name, in this folder)': 'o arquivo importado (padrão: seu nome, nesta pasta)',
  'replace an existing --rejects file': 'substitui um arquivo de --rejects existente',
}
