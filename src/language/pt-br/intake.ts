import type { Catalogue } from '../text.ts'

export const INTAKE: Catalogue = {
  'the name of the file is not valid for a campaign: {0}': 'o nome do arquivo não serve para uma campanha: {0}',
  'Set a name of 1 to 200 characters on one line, without control or invisible characters: --name NAME':
    'Defina um nome de 1 a 200 caracteres em uma linha, sem caracteres de controle ou invisíveis: --name NOME',
  '{0}, line {1}': '{0}, linha {1}',
  '--map: the field "{0}" does not exist': '--map: o campo "{0}" não existe',
  'Fields: {0}, ddd. Write --map phone=TELEFONE,nome=CLIENTE.':
    'Campos: {0}, ddd. Escreva --map phone=TELEFONE,nome=CLIENTE.',
  '--map names {0} twice': '--map nomeia {0} duas vezes',
  'Only the phone may have several columns.': 'Só o telefone pode ter várias colunas.',
  'both, the first valid one of each row: {0}': 'as duas, o primeiro válido de cada linha: {0}',
  'all, the first valid one of each row: {0}': 'todas, o primeiro válido de cada linha: {0}',
  '{0}; or {1}': '{0}; ou {1}',
  '{0}: {1} each match the field {2}': '{0}: {1} servem para o campo {2}',
  'Choose one: {0}': 'Escolha uma: {0}',
  '{0}: no column with phones was found': '{0}: nenhuma coluna de telefones foi encontrada',
  'The first line seems to contain data, but it must name the columns (telefone;nome;…). {0}':
    'A primeira linha parece conter dados, mas deve nomear as colunas (telefone;nome;…). {0}',
  '{0} Name the column of the phones: --map phone=COLUMN': '{0} Nomeie a coluna dos telefones: --map phone=COLUNA',
  'If the names of the columns are further below: --header-row N':
    'Se os nomes das colunas estão mais abaixo: --header-row N',
  ' or ': ' ou ',
  '--message and --template exclude each other': '--message e --template se excluem',
  '--var requires --template': '--var precisa de --template',
  'In a text, a column is written as {{nome}}.': 'Num texto, uma coluna se escreve {{nome}}.',
  'the message is empty': 'a mensagem está vazia',
  'Write one: --message "Olá {{nome}}"': 'Escreva uma: --message "Olá {{nome}}"',
  '{0} accepts only approved templates, not free text': '{0} só aceita templates aprovados, não texto livre',
  'Choose a template with --template CODE. See: camp template list':
    'Escolha um template com --template CODIGO. Veja: camp template list',
  '{0} accepts free text, not templates': '{0} aceita texto livre, não templates',
  'Set the text with --message "Olá {{nome}}", or in a column "mensagem".':
    'Informe o texto com --message "Olá {{nome}}", ou numa coluna "mensagem".',
  '{0} has no column with messages, and no message is set':
    '{0} não tem coluna com mensagens, e nenhuma mensagem foi informada',
  'Set one with --message "Olá {{nome}}", a template with --template CODE, or a column "mensagem".':
    'Informe uma com --message "Olá {{nome}}", um template com --template CODIGO, ou uma coluna "mensagem".',
  '--rejects names the imported file itself': '--rejects nomeia o próprio arquivo importado',
  'the import was interrupted': 'a importação foi interrompida',
  'the message contains {0}, which would be sent unchanged': 'a mensagem contém {0}, que seria enviado sem alteração',
  'To fill it from the file, write {{{0}}}.': 'Para preencher com o arquivo, escreva {{{0}}}.',
  'the message {0}': 'a mensagem {0}',
  'the message had \\n as two characters, replaced by a line break':
    'a mensagem tinha \\n como dois caracteres, trocados por uma quebra de linha',
  'more than {0} rows of {1}': 'mais de {0} linhas de {1}',
  'more than {0} rows that are refused': 'mais de {0} linhas recusadas',
  'Import the file in parts.': 'Importe o arquivo em partes.',
  '{0} is being imported by another process now': '{0} está sendo importado agora por outro processo',
  '{0} was imported before, as campaign {1}': '{0} já foi importado, como campanha {1}',
  'See: camp campaign show {0}. To import the same file again: --again':
    'Veja: camp campaign show {0}. Para importar o mesmo arquivo de novo: --again',
}
