import type { Catalogue } from '../text.ts'

/**
 * Remarks on texts, and what is stored about sending, recurring campaigns and restored data (src/language/stored/rows.ts,
 * src/language/stored/sending.ts).
 */
export const STORED_SENDING: Catalogue = {
  'the message': 'a mensagem',
  "the template's text": 'o texto do template',
  'template {0}': 'o template {0}',
  '{0} contains {1}, as a spreadsheet writes an error': '{0} contém {1}, como uma planilha grava um erro',
  '{0} contains characters that look wrongly decoded: "{1}"':
    '{0} contém caracteres que parecem decodificados errado: "{1}"',
  '{0} contains HTML, which is sent unchanged: "{1}"': '{0} contém HTML, que é enviado como está: "{1}"',
  '{0} contains a backslash and a letter, which are sent unchanged: "{1}"':
    '{0} contém uma barra invertida e uma letra, que são enviadas como estão: "{1}"',
  '{0} contains {1}, which no column fills: it is sent unchanged':
    '{0} contém {1}, que nenhuma coluna preenche: é enviado como está',
  'the message has more than {0} characters, and the channel may refuse it':
    'a mensagem tem mais de {0} caracteres, e o canal pode recusá-la',
  "the template's text contains {0}, which is sent unchanged: a variable is {{1}}":
    'o texto do template contém {0}, que é enviado como está: uma variável é {{1}}',
  'the file: {0}': 'o arquivo: {0}',
  'it is UTF-8, but for {0} broken: the first is on line {1}, byte {2}':
    'é UTF-8, menos {0} inválido(s): o primeiro está na linha {1}, byte {2}',
  'a character that is': 'um caractere',
  '{0} characters that are': '{0} caracteres',
  'it contains {0}, left out: the first is byte {1}': 'contém {0}, que ficaram de fora: o primeiro é o byte {1}',
  'a NUL byte': 'um byte NUL',
  '{0} NUL bytes': '{0} bytes NUL',
  'a quote is opened here and closed within another cell': 'uma aspa abre aqui e fecha dentro de outra célula',
  'its quoted cell contains a line that reads as a row: {0}':
    'sua célula entre aspas contém uma linha que parece um registro: {0}',
  'invalid date': 'data inválida',
  'known after its lease': 'conhecido depois do prazo de posse',
  'not sent, as its worker reported': 'não enviada, como o worker informou',
  'the broker reports that it was sent': 'o fornecedor informa que foi enviada',
  'resolved: it was sent': 'decidido: foi enviada',
  'resolved: it was not sent': 'decidido: não foi enviada',
  'resolved: it is sent again': 'decidido: é enviada de novo',
  'not delivered': 'não entregue',
  'not billed by the broker': 'não cobrada pelo fornecedor',
  'to be sent again': 'a enviar de novo',
  'the wallet has no budget for {0}': 'a carteira não tem orçamento para {0}',
  'too little budget for {0}: {1} left, a message costs {2}':
    'orçamento insuficiente para {0}: restam {1}, uma mensagem custa {2}',
  'the wallet has no credential at its broker: camp credential set':
    'a carteira não tem credencial no seu fornecedor: camp credential set',
  'the credential of "{0}" at "{1}" cannot be opened: it was sealed with another CAMP_SECRET':
    'a credencial de "{0}" em "{1}" não pode ser aberta: foi selada com outro CAMP_SECRET',
  '{0} cannot be opened: {1}. Run: {2}': '{0} não pode ser aberta: {1}. Execute: {2}',
  '{0} is invalid for {1}: {2}. Run: {3}': '{0} não serve para {1}: {2}. Execute: {3}',
  'the credential of "{0}" at "{1}"': 'a credencial de "{0}" em "{1}"',
  'camp credential set "{0}" "{1}" key=value ({2} takes: {3})':
    'camp credential set "{0}" "{1}" chave=valor ({2} aceita: {3})',
  'it was sealed with another CAMP_SECRET': 'foi selada com outro CAMP_SECRET',
  'missing key "{0}"': 'falta a chave "{0}"',
  'unknown key {0}': 'chave desconhecida {0}',
  'missed: a later occurrence is due': 'perdida: uma ocorrência posterior já venceu',
  'missed by more than {0} minutes': 'perdida por mais de {0} minutos',
  'the folder {0} does not exist on this machine': 'a pasta {0} não existe nesta máquina',
  'no new file in {0}': 'nenhum arquivo novo em {0}',
  'the file is still being written': 'o arquivo ainda está sendo gravado',
  'older files were skipped: {0}': 'arquivos mais antigos foram pulados: {0}',
  'other sheets with rows were not read: {0}': 'outras planilhas com linhas não foram lidas: {0}',
  'warnings of the import: {0}': 'avisos da importação: {0}',
  'not approved by the standing approval of {0}: {1}': 'não aprovada pela aprovação permanente de {0}: {1}',
  'it has no standing approval': 'não tem aprovação permanente',
  'the price, the template or a setting has changed since the approval':
    'o preço, o template ou uma opção mudou desde a aprovação',
  'its approver is no longer an ADMIN': 'quem a aprovou não é mais um ADMIN',
  '{0} is no longer an ADMIN': '{0} não é mais um ADMIN',
  'it ended on {0}': 'terminou em {0}',
  'it may cost {0}, over the ceiling of {1} for one campaign': 'pode custar {0}, acima do teto de {1} por campanha',
  'this database is older than what was sent from it: it is at mark {0}, and {1} was reached':
    'este banco é mais antigo que o que foi enviado a partir dele: está na marca {0}, e {1} foi alcançada',
  'this database is older than what was sent from the previous one at its address':
    'este banco é mais antigo que o que foi enviado a partir do anterior no seu endereço',
  'this database has replaced another one': 'este banco substituiu outro',
  'this database is a copy: it was used in another PostgreSQL server or database':
    'este banco é uma cópia: foi usado em outro servidor PostgreSQL ou banco',
  'CAMP_HOME is a copy: it was used in another folder or on another machine':
    'CAMP_HOME é uma cópia: foi usado em outra pasta ou em outra máquina',
  'this may be a copy or a restored backup: it was used at another address, and no mark of it is known here':
    'isto pode ser uma cópia ou um backup restaurado: foi usado em outro endereço, e nenhuma marca sua é conhecida aqui',
  'no worker has run on this database for {0} hours': 'nenhum worker rodou neste banco nas últimas {0} horas',
  'it was restored from a backup of {0}, as a copy': 'foi restaurado de um backup de {0}, como cópia',
  'it was restored from a backup of {0}': 'foi restaurado de um backup de {0}',
}
