import type { Catalogue } from '../text.ts'

/** camp blocklist add --file, list and export. */
export const BLOCKLIST_ENTRIES: Catalogue = {
  'the addition was interrupted': 'a inclusão foi interrompida',
  '--file names a file or -, not a URL': '--file nomeia um arquivo ou -, não uma URL',
  'For the list at a URL: camp blocklist sync URL --source NAME':
    'Para a lista de uma URL: camp blocklist sync URL --source NOME',
  'no entry of the blocklist has the id {0}': 'nenhuma entrada da lista de bloqueio tem o id {0}',
  'It may have been removed. Begin again without --after.': 'Ela pode ter sido removida. Comece de novo sem --after.',
  'No matching entries.': 'Nenhuma entrada corresponde.',
  'More, with the same options: --after {0}': 'Mais, com as mesmas opções: --after {0}',
  '--file excludes --phone and --document': '--file exclui --phone e --document',
  '--type, --map, --rejects and --overwrite require --file': '--type, --map, --rejects e --overwrite exigem --file',
  contains: 'contém',
  '{0} phones, {1} documents in {2} rows': '{0} telefones, {1} documentos em {2} linhas',
  added: 'incluídas',
  'known before': 'já conhecidas',
  refused: 'recusadas',
  '{0} rows': '{0} linhas',
  rejects: 'recusadas gravadas',
  '{0} rows in {1}': '{0} linhas em {1}',
  'blocked phones and documents: add, remove, list, sync': 'telefones e documentos bloqueados: add, remove, list, sync',
  'all entries of a list (CSV, .xlsx or - for stdin)':
    'todas as entradas de uma lista (CSV, .xlsx ou - para a entrada padrão)',
  'With --file:': 'Com --file:',
  'content of a list without column names': 'conteúdo de uma lista sem nomes de colunas',
  'column of each field: phone=TEL,document=CPF,reason=MOTIVO':
    'coluna de cada campo: phone=TEL,document=CPF,reason=MOTIVO',
  'refuse a larger list, compressed or not': 'recusa uma lista maior, compactada ou não',
  'write the rows that could not be read to this file': 'grava neste arquivo as linhas que não puderam ser lidas',
  'only entries of this source': 'só as entradas desta origem',
  'only entries for this purpose': 'só as entradas desta finalidade',
  'only entries of this type': 'só as entradas deste tipo',
  'entries, newest first, with masked numbers': 'entradas, as mais novas primeiro, com números mascarados',
  'at most this many': 'no máximo esta quantidade',
  'those behind this entry: the next page': 'as que vêm depois desta entrada: a próxima página',
  'write entries with their numbers to a CSV file (ADMIN)': 'grava entradas com seus números em um arquivo CSV (ADMIN)',
  'the file to write (-: stdout)': 'o arquivo a gravar (-: saída padrão)',
  'replace an existing file': 'substitui um arquivo existente',
}
