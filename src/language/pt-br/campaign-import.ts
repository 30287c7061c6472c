import type { Catalogue } from '../text.ts'

export const CAMPAIGN_IMPORT: Catalogue = {
  'the wallet that pays ({0})': 'a carteira que paga ({0})',
  'the broker that sends ({0})': 'o fornecedor que envia ({0})',
  'a text or a template': 'um texto ou um template',
  'the column of the phones ({0})': 'a coluna dos telefones ({0})',
  'there is none yet: {0}': 'ainda não há: {0}',
  'the import needs {0}': 'a importação precisa de: {0}',
  'Write: {0}': 'Escreva: {0}',
  'A wallet can have a default: camp wallet set "{0}" --broker BROKER':
    'Uma carteira pode ter um padrão: camp wallet set "{0}" --broker FORNECEDOR',
  'The same without questions:': 'O mesmo sem perguntas:',
  'there is no wallet yet': 'ainda não há carteiras',
  'An ADMIN adds one: camp wallet add NAME --idgis N': 'Um ADMIN adiciona uma: camp wallet add NOME --idgis N',
  'Which wallet pays?': 'Qual carteira paga?',
  'there is no broker yet': 'ainda não há fornecedores',
  'An ADMIN adds one: camp broker add NAME --adapter ADAPTER --cost AMOUNT':
    'Um ADMIN adiciona um: camp broker add NOME --adapter ADAPTADOR --cost VALOR',
  'Which broker sends?': 'Qual fornecedor envia?',
  'Which column has the phones?': 'Qual coluna tem os telefones?',
  '{0} accepts only templates, and there is none yet': '{0} só aceita templates, e ainda não há nenhum',
  'An ADMIN adds one: camp template add NAME --code CODE --content TEXT':
    'Um ADMIN adiciona um: camp template add NOME --code CODIGO --content TEXTO',
  'Write a text': 'Escrever um texto',
  'Which text is sent?': 'Qual texto é enviado?',
  'Columns for the text: {0}': 'Colunas para o texto: {0}',
  'Text:': 'Texto:',
  'Which column fills {{{0}}} of "{1}"?': 'Qual coluna preenche {{{0}}} de "{1}"?',
  '{0}, the names of the columns on line {1}:': '{0}, nomes das colunas na linha {1}:',
  'and 1 more column: {0}': 'e mais 1 coluna: {0}',
  'and {0} more columns: {1}': 'e mais {0} colunas: {1}',
  'this file was imported before, as {0}: a real import needs --again':
    'este arquivo já foi importado, como {0}: uma importação de verdade precisa de --again',
  '{0} sends the content that is set up in its system: the message or template is not used':
    '{0} envia o conteúdo configurado no sistema dele: a mensagem ou o template não é usado',
  'Nothing was written, no rejects file either: this was a dry run.':
    'Nada foi gravado, nem o arquivo de rejeitadas: isto foi um ensaio.',
  'Nothing was written: this was a dry run.': 'Nada foi gravado: isto foi um ensaio.',
  '--no-cap, which sends to people who got a message in the last 24 hours,':
    '--no-cap, que envia a quem recebeu mensagem nas últimas 24 horas,',
  'Set it before the approval: camp credential set "{0}" "{1}" key=value':
    'Defina-a antes da aprovação: camp credential set "{0}" "{1}" chave=valor',
  'sets it before the approval': 'a define antes da aprovação',
  'wallet "{0}" has no credential at "{1}". {2}': 'a carteira "{0}" não tem credencial em "{1}". {2}',
  'Lists for another purpose do not apply: {0}.': 'Listas para outra finalidade não se aplicam: {0}.',
  'the file - is standard input, but that is a terminal': 'o arquivo - é a entrada padrão, mas ela é um terminal',
  'Pipe a file: zcat list.csv.gz | camp campaign import - …, or use the name of a file.':
    'Use um pipe: zcat list.csv.gz | camp campaign import - …, ou o nome de um arquivo.',
  'standard input': 'a entrada padrão',
  'Nothing was imported.': 'Nada foi importado.',
  '{percentage}% | {rows} rows | {rate} rows/s | {left} left':
    '{percentage}% | {rows} linhas | {rate} linhas/s | faltam {left}',
  '--message and --message-file exclude each other': '--message e --message-file se excluem',
  'Use only one of them.': 'Use só uma delas.',
  '--schedule {0} is in the past': '--schedule {0} está no passado',
  'Choose a later time. Without --schedule, start it with camp campaign run.':
    'Escolha uma hora futura. Sem --schedule, inicie com camp campaign run.',
  '{0} of at most {1}': '{0} de no máximo {1}',
  '1 row in {0}': '1 linha em {0}',
  '{0} rows in {1}': '{0} linhas em {1}',
  'only the sheet "{0}" is imported; also with rows: {1} (choose one with --sheet NAME)':
    'só a aba "{0}" é importada; também têm linhas: {1} (escolha uma com --sheet NOME)',
  '{0} formulas have no result, and their cells count as empty: open the file in Excel and save it':
    '{0} fórmulas não têm resultado, e suas células contam como vazias: abra o arquivo no Excel e salve',
  '{0} merged cells span several rows: only the first of these rows has the value':
    '{0} células mescladas ocupam várias linhas: só a primeira dessas linhas tem o valor',
  'no row can be sent': 'nenhuma linha pode ser enviada',
  'it cannot be approved at present; budget: {0}': 'não pode ser aprovada no momento; orçamento: {0}',
  'the broker bills each SMS, and the messages take {0} more than one each: the cost above is {1} a message, regardless of its length':
    'o fornecedor cobra cada SMS, e as mensagens ocupam {0} além de um para cada: o custo acima é de {1} por mensagem, seja qual for o tamanho',
  'how many SMS this broker will bill depends on the credential, and the wallet has none yet':
    'quantos SMS este fornecedor vai cobrar depende da credencial, e a carteira ainda não tem nenhuma',
  "broker {0} (the wallet's default)": 'fornecedor {0} (o padrão da carteira)',
  "broker {0} (the wallet's only credential)": 'fornecedor {0} (a única credencial da carteira)',
  "message (the wallet's default)": 'mensagem (o padrão da carteira)',
  "template {0} (the wallet's default)": 'template {0} (o padrão da carteira)',
  '{0}, such as "{1}"': '{0}, como "{1}"',
  '{0}, sheet "{1}"': '{0}, aba "{1}"',
  '{0}, separated by {1}': '{0}, separado por {1}',
  '{0}, unpacked from gzip': '{0}, descompactado do gzip',
  'row {0}; 1 row above is left out': 'linha {0}; 1 linha acima fica de fora',
  'row {0}; {1} rows above are left out': 'linha {0}; {1} linhas acima ficam de fora',
  '{0}, a lead each': '{0}, um contato cada',
  ', else ': ', senão ',
  'lines {0}': 'linhas {0}',
  '{0} invalid document omitted': '{0} documento inválido omitido',
  '{0} invalid documents omitted': '{0} documentos inválidos omitidos',
  '{0} row without a registration date, sent anyway': '{0} linha sem data de cadastro, enviada mesmo assim',
  '{0} rows without a registration date, sent anyway': '{0} linhas sem data de cadastro, enviadas mesmo assim',
  '{0} merged cell over several rows': '{0} célula mesclada em várias linhas',
  '{0} merged cells over several rows': '{0} células mescladas em várias linhas',
  '{0} formula without a result, read as empty': '{0} fórmula sem resultado, lida como vazia',
  '{0} formulas without a result, read as empty': '{0} fórmulas sem resultado, lidas como vazias',
  '{0} other sheet with rows, not imported': '{0} outra aba com linhas, não importada',
  '{0} other sheets with rows, not imported': '{0} outras abas com linhas, não importadas',
  '{0} row that Excel hides (a filter?), imported': '{0} linha que o Excel oculta (um filtro?), importada',
  '{0} rows that Excel hides (a filter?), imported': '{0} linhas que o Excel oculta (um filtro?), importadas',
  '{0} mobile number completed with a ninth digit': '{0} celular completado com o nono dígito',
  '{0} mobile numbers completed with a ninth digit': '{0} celulares completados com o nono dígito',
  '{0} further phone of a document': '{0} outro telefone de um mesmo documento',
  '{0} further phones of a document': '{0} outros telefones de um mesmo documento',
  '{0} value that is not a name omitted': '{0} valor que não é um nome, omitido',
  '{0} values that are not names omitted': '{0} valores que não são nomes, omitidos',
  '{0} row with a broken character in a column that no text uses':
    '{0} linha com um caractere corrompido numa coluna que nenhum texto usa',
  '{0} rows with a broken character in a column that no text uses':
    '{0} linhas com um caractere corrompido numa coluna que nenhum texto usa',
  '{0} text with characters that look wrongly decoded': '{0} texto com caracteres que parecem mal decodificados',
  '{0} texts with characters that look wrongly decoded': '{0} textos com caracteres que parecem mal decodificados',
  '{0} text with a placeholder that no column fills': '{0} texto com um marcador que nenhuma coluna preenche',
  '{0} texts with a placeholder that no column fills': '{0} textos com um marcador que nenhuma coluna preenche',
  '{0} text with HTML, which is sent unchanged': '{0} texto com HTML, que é enviado como está',
  '{0} texts with HTML, which is sent unchanged': '{0} textos com HTML, que é enviado como está',
  '{0} text with a backslash and a letter (\\n is a line break in a row’s own text)':
    '{0} texto com uma barra invertida e uma letra (\\n é quebra de linha no texto da própria linha)',
  '{0} texts with a backslash and a letter (\\n is a line break in a row’s own text)':
    '{0} textos com uma barra invertida e uma letra (\\n é quebra de linha no texto da própria linha)',
  '{0} text longer than the channel is certain to accept': '{0} texto mais longo do que o canal garante aceitar',
  '{0} texts longer than the channel is certain to accept': '{0} textos mais longos do que o canal garante aceitar',
  'the wallet has none for {0}': 'a carteira não tem nenhum para {0}',
  'of {0} in {1}, {2} used and {3} committed: {4} available':
    'de {0} em {1}, {2} usado e {3} comprometido: {4} disponível',
  '{0}, it fits': '{0}, cabe',
  '{0}, too little': '{0}, não basta',
  '{0} of {1}': '{0} de {1}',
  '{0} for {1} messages: {2}': '{0} para {1} mensagens: {2}',
  '{0}; {1} are not GSM-7 ({2})': '{0}; {1} não são GSM-7 ({2})',
}
