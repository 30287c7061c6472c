import type { Catalogue } from '../text.ts'

export const TABULAR: Catalogue = {
  '{0}, line {1}, column {2}: a quote is opened and not closed':
    '{0}, linha {1}, coluna {2}: uma aspa é aberta e não fechada',
  'Close it, or remove it; a quote within a quoted cell is written twice. Nothing was imported.':
    'Feche-a, ou remova-a; uma aspa dentro de uma célula entre aspas é escrita duas vezes. Nada foi importado.',
  '--delimiter "{0}" is not known': '--delimiter "{0}" não é conhecido',
  'One of ; , tab |': 'Um de ; , tab |',
  '{0}, line 1: "{1}" names a separator that camp does not read':
    '{0}, linha 1: "{1}" nomeia um separador que o camp não lê',
  'Save it with ; , tab or | between the columns.': 'Salve com ; , tab ou | entre as colunas.',
  '{0} is not a text file: byte {1} is NUL': '{0} não é um arquivo de texto: o byte {1} é NUL',
  'Save it as CSV. If it is a text, set its encoding: --encoding windows-1252':
    'Salve como CSV. Se é um texto, informe sua codificação: --encoding windows-1252',
  '{0} is not UTF-8{1}: line {2}, byte {3}': '{0} não está em UTF-8{1}: linha {2}, byte {3}',
  'It reads as {0}: --encoding {1}': 'Ele pode ser lido como {0}: --encoding {1}',
  '--encoding "{0}" is not known': '--encoding "{0}" não é conhecida',
  'Encodings: {0}.': 'Codificações: {0}.',
  'Open it in Excel and save it as CSV or .xlsx.': 'Abra no Excel e salve como CSV ou .xlsx.',
  'Unpack it, and import its CSV or .xlsx.': 'Descompacte, e importe o CSV ou .xlsx que contém.',
  'Open it and save it as CSV.': 'Abra e salve como CSV.',
  'Open it in Excel and save it as .xlsx or CSV.': 'Abra no Excel e salve como .xlsx ou CSV.',
  'Copy its table into Excel and save it as .xlsx or CSV.': 'Copie a tabela para o Excel e salve como .xlsx ou CSV.',
  'Export the list itself as CSV.': 'Exporte a própria lista como CSV.',
  '{0} is {1}': '{0} é {1}',
  'Unpack it once (gunzip), and import the result.': 'Descompacte uma vez (gunzip), e importe o resultado.',
  ', though its byte order mark says so': ', embora sua marca de ordem de bytes diga que está',
  'a gzip within a gzip': 'um gzip dentro de um gzip',
  'a gzip that contains a .zip or .xlsx': 'um gzip que contém um .zip ou .xlsx',
  'a PDF': 'PDF',
  'an .xls': '.xls',
  'an RTF': 'RTF',
  'a .7z': '.7z',
  'a .rar': '.rar',
  'an .xz': '.xz',
  'an image': 'de imagem',
  'an HTML or XML': 'HTML ou XML',
  'no Excel': 'que não é do Excel',
  'an .ods': '.ods',
  'a .numbers': '.numbers',
  'a .zip': '.zip',
  'an .xlsb': '.xlsb',
  '{0} is {1} file, not a CSV or .xlsx': '{0} é um arquivo {1}, não um CSV ou .xlsx',
  '{0} is protected by a password': '{0} é protegido por uma senha',
  'Open it in Excel, remove the password (File > Info > Protect), and save it.':
    'Abra no Excel, remova a senha (Arquivo > Informações > Proteger) e salve.',
  '{0} is longer than {1} MB': '{0} tem mais de {1} MB',
  'To allow a larger list: --max-size MEGABYTES': 'Para permitir uma lista maior: --max-size MEGABYTES',
  '{0} is a damaged or incomplete gzip: {1}': '{0} é um gzip danificado ou incompleto: {1}',
  'Download or create it again.': 'Baixe ou crie de novo.',
  '--sheet does not apply: {0} is not a workbook': '--sheet não se aplica: {0} não é uma planilha',
  'Omit --sheet.': 'Omita --sheet.',
  '--encoding and --delimiter do not apply: {0} is a workbook':
    '--encoding e --delimiter não se aplicam: {0} é uma planilha',
  'Omit them; --sheet chooses the sheet.': 'Omita-as; --sheet escolhe a aba.',
  '{0} changed while it was read': '{0} mudou enquanto era lido',
  'Import it again when it is complete.': 'Importe de novo quando estiver completo.',
  'there is no file {0}': 'não há o arquivo {0}',
  '{0} is not a file': '{0} não é um arquivo',
  '{0} may not be read: permission denied': '{0} não pode ser lido: permissão negada',
  'Make it readable for the user who runs camp.': 'Torne-o legível para o usuário que executa o camp.',
  '{0} is empty: it has no row of data': '{0} está vazio: não tem nenhuma linha de dados',
  'The first line names the columns, each further line is a lead.':
    'A primeira linha nomeia as colunas, cada linha seguinte é um contato.',
  '{0} unpacks to more than {1} times its size, which no mailing does':
    '{0} descompactado tem mais de {1} vezes o seu tamanho, o que nenhum mailing tem',
  'If it is a mailing, unpack it and save it as CSV.': 'Se é um mailing, descompacte e salve como CSV.',
  '{0} is truncated: its gzip is incomplete': '{0} está truncado: seu gzip está incompleto',
  'Copy or download it again. Nothing was imported.': 'Copie ou baixe de novo. Nada foi importado.',
  '{0} is damaged: its gzip cannot be unpacked ({1})': '{0} está danificado: seu gzip não pode ser descompactado ({1})',
  '{0}, line {1}: it has {2} columns': '{0}, linha {1}: tem {2} colunas',
  '{0} columns at most can be read, as many as Excel has.':
    'Podem ser lidas no máximo {0} colunas, tantas quanto no Excel.',
  'the rejects cannot be written to {0}: {1}': 'as linhas recusadas não podem ser gravadas em {0}: {1}',
  'The campaign is imported: camp campaign list': 'A campanha foi importada: camp campaign list',
  'Nothing was imported. Choose another path with --rejects.':
    'Nada foi importado. Escolha outro caminho com --rejects.',
  'the file {0} already exists': 'o arquivo {0} já existe',
  '{0} was not read completely': '{0} não foi lido por inteiro',
  '{0} Free space there, or set CAMP_HOME to a folder on another disk.':
    '{0} Libere espaço lá, ou defina CAMP_HOME como uma pasta em outro disco.',
  '{0} Set CAMP_HOME to a folder that camp may write to.':
    '{0} Defina CAMP_HOME como uma pasta em que o camp possa gravar.',
  '{0} is damaged or truncated: {1}': '{0} está danificado ou truncado: {1}',
  'Open it in Excel and save it again, or copy it again. Nothing was imported.':
    'Abra no Excel e salve de novo, ou copie de novo. Nada foi importado.',
  '{0} is empty: none of its sheets has a row': '{0} está vazio: nenhuma de suas abas tem uma linha',
  'The first row names the columns, each further row is a lead. {0}':
    'A primeira linha nomeia as colunas, cada linha seguinte é um contato. {0}',
  '{0}: "{1}" is not a sheet of rows, but a chart, dialog or macro':
    '{0}: "{1}" não é uma aba de linhas, mas um gráfico, diálogo ou macro',
  '{0} has no sheet "{1}"': '{0} não tem a aba "{1}"',
  'the workbook has more than {0} MB of texts': 'a planilha tem mais de {0} MB de textos',
  'Save its sheet as CSV: then its size does not matter.': 'Salve a aba como CSV: então o tamanho não importa.',
  'Export it from Numbers as CSV or Excel.': 'Exporte do Numbers como CSV ou Excel.',
  'Unpack it first.': 'Descompacte primeiro.',
  'Choose another path with {0}, or replace it with --overwrite.':
    'Escolha outro caminho com {0}, ou substitua-o com --overwrite.',
  '{0} has no row on line {1} (--header-row)': '{0} não tem nenhuma linha na linha {1} (--header-row)',
  'The file ends before. Name the line with the names of the columns.':
    'O arquivo termina antes. Indique a linha com os nomes das colunas.',
  'The next row begins on line {0}. Name the line with the names of the columns.':
    'A próxima linha de dados começa na linha {0}. Indique a linha com os nomes das colunas.',
  'The sheet "{0}" was read; others with rows: {1}. Name one with --sheet.':
    'A aba "{0}" foi lida; outras com linhas: {1}. Escolha uma com --sheet.',
  'Sheets found: {0}. Name one with --sheet.': 'Abas encontradas: {0}. Escolha uma com --sheet.',
  none: 'nenhuma',
  'Give a CSV or .xlsx file.': 'Informe um arquivo CSV ou .xlsx.',
  'Pipe it in: … | camp campaign import - …': 'Passe-o pela entrada padrão: … | camp campaign import - …',
  '{0} cannot be stored in {1}': '{0} não pode ser gravado em {1}',
  '{0} can be stored neither in {1} nor in {2}': '{0} não pode ser gravado em {1} nem em {2}',
  'the rejects cannot be written to {0}': 'as linhas recusadas não podem ser gravadas em {0}',
  '{0} is not a text of at most {1} KB': '{0} não é um texto de no máximo {1} KB',
  'Save the message alone in a text file.': 'Salve só a mensagem num arquivo de texto.',
}
