import type { Catalogue } from '../text.ts'

export const LEGACY: Catalogue = {
  '{0} rows were refused': '{0} linhas foram recusadas',
  '{0} rows were refused: --rejects FILE lists them': '{0} linhas foram recusadas: --rejects ARQUIVO as lista',
  '--prefix "{0}" is not the beginning of a table\'s name': '--prefix "{0}" não é o começo do nome de uma tabela',
  '--idgis {0}={1}: an idgis number is a whole number above 0':
    '--idgis {0}={1}: um número idgis é um inteiro acima de 0',
  '{0} messages read…': '{0} mensagens lidas…',
  TABLE: 'TABELA',
  READ: 'LIDAS',
  'WOULD TAKE': 'A IMPORTAR',
  TAKEN: 'IMPORTADAS',
  ALREADY: 'JÁ EXISTIAM',
  REFUSED: 'RECUSADAS',
  REASONS: 'MOTIVOS',
  'Archived campaigns, new: {0}': 'Campanhas arquivadas, novas: {0}',
  'Used by the old system: {0} {1}: {2} ({3} messages)': 'Usado pelo sistema antigo: {0} {1}: {2} ({3} mensagens)',
  'Rejects: {0} rows in {1}': 'Recusadas gravadas: {0} linhas em {1}',
  ID: 'ID',
  REASON: 'MOTIVO',
  DETAIL: 'DETALHE',
  'data of the old WordPress system: import': 'dados do antigo sistema WordPress: import',
  'take its tables from a dump or mysql://USER@HOST/DB (ADMIN)':
    'importa suas tabelas de um dump ou mysql://USER@HOST/DB (ADMIN)',
  'count what would be taken, and write nothing': 'conta o que seria importado, sem gravar nada',
  "prefix of the old system's tables": 'prefixo das tabelas do sistema antigo',
  'broker of an old provider: rcs=CDA_RCS (repeatable)': 'fornecedor de um provider antigo: rcs=CDA_RCS (repetível)',
  'idgis number of an old wallet, by its id_carteira': 'número idgis de uma carteira antiga, por id_carteira',
  'repair texts that read "JosÃ©" instead of "José"': 'corrige textos com "JosÃ©" em vez de "José"',
  'write the id and the reason of each refused row': 'grava o id e o motivo de cada linha recusada',
  'replace an existing --rejects file': 'substitui um arquivo de --rejects que já existe',
  'Nothing of it is ever sent: its messages become archived campaigns.':
    'Nada disto é enviado: as mensagens antigas viram campanhas arquivadas.',
  'The password of the database: CAMP_LEGACY_PASSWORD': 'A senha do banco: CAMP_LEGACY_PASSWORD',
  'the dump is in the character set {0}': 'o dump está no conjunto de caracteres {0}',
  'Dump it with --default-character-set=utf8mb4.': 'Faça o dump com --default-character-set=utf8mb4.',
  'the dump is cut off: its end is missing': 'o dump está cortado: falta o fim',
  'Dump the database again, or copy the file again.': 'Faça o dump do banco de novo, ou copie o arquivo de novo.',
  'the dump fills {0} with a statement that is not INSERT … VALUES':
    'o dump preenche {0} com um comando que não é INSERT … VALUES',
  'Dump the tables with mysqldump, mariadb-dump or the export of phpMyAdmin in its SQL format.':
    'Faça o dump das tabelas com mysqldump, mariadb-dump ou a exportação SQL do phpMyAdmin.',
  'the dump names no columns for {0}, and has no CREATE TABLE for it':
    'o dump não nomeia colunas para {0}, e não tem o CREATE TABLE dela',
  'Dump it with its structure, or with --complete-insert.': 'Faça o dump com a estrutura, ou com --complete-insert.',
  'a row of {0} has {1} values, and the table {2} columns': 'uma linha de {0} tem {1} valores, e a tabela {2} colunas',
  'Dump the table again.': 'Faça o dump da tabela de novo.',
  'a row or a statement of the dump is longer than 64 MB': 'uma linha ou um comando do dump tem mais de 64 MB',
  'Dump only the tables that are imported, without the others.':
    'Faça o dump só das tabelas que são importadas, sem as outras.',
  'a value that cannot be read, {0} characters into the rest of the statement':
    'um valor que não pode ser lido, {0} caracteres adiante no resto do comando',
  'Values are numbers, texts in quotes, hexadecimal literals and NULL, as mysqldump, mariadb-dump and phpMyAdmin write them.':
    'Os valores são números, textos entre aspas, literais hexadecimais e NULL, como mysqldump, mariadb-dump e phpMyAdmin gravam.',
  'the import was interrupted': 'a importação foi interrompida',
  'What was taken stays. The same command continues it.': 'O que foi importado fica. O mesmo comando continua.',
  "{0} has no rows of the old system's tables with the prefix {1}":
    '{0} não tem linhas das tabelas do sistema antigo com o prefixo {1}',
  'The tables are named like wp_envios_pendentes. For another prefix: camp legacy import FROM --prefix PREFIX':
    'As tabelas têm nomes como wp_envios_pendentes. Para outro prefixo: camp legacy import FROM --prefix PREFIXO',
  'the rejects cannot be written to {0}': 'as linhas recusadas não podem ser gravadas em {0}',
  'Choose another path with --rejects.': 'Escolha outro caminho com --rejects.',
  'another import from the old system is running now': 'outra importação do sistema antigo está em execução agora',
  'Repeat it when the other one has ended: it continues with what is left.':
    'Repita quando a outra terminar: ela continua com o que falta.',
  'the URL of the old database cannot be read': 'a URL do banco antigo não pode ser lida',
  'Write it as mysql://user@host:3306/database. In a password write @ as %40, / as %2F and # as %23.':
    'Escreva mysql://user@host:3306/database. Numa senha escreva @ como %40, / como %2F e # como %23.',
  'the old database {0} cannot be read: {1}': 'o banco antigo {0} não pode ser lido: {1}',
  'Check the address, the user and the password (CAMP_LEGACY_PASSWORD), or import a dump.':
    'Confira o endereço, o usuário e a senha (CAMP_LEGACY_PASSWORD), ou importe um dump.',
  '{0}: no such file': '{0}: o arquivo não existe',
  '{0} has changed while it was read': '{0} mudou enquanto era lido',
  'Wait until the dump is complete, and import it again.': 'Espere até que o dump esteja completo, e importe de novo.',
}
