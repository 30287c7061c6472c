import type { Catalogue } from '../text.ts'

/** What camp stores in English and shows in the language of the run (src/language/stored). */
export const STORED: Catalogue = {
  'line {0} has the same phone': 'a linha {0} tem o mesmo telefone',
  'its phone is on the blocklist': 'seu telefone está na lista de bloqueio',
  'its document is on the blocklist': 'seu documento está na lista de bloqueio',
  'its columns of phones are empty': 'suas colunas de telefones estão vazias',
  'it is empty': 'está vazio',
  'it is written as a CPF': 'está escrito como um CPF',
  'it has no digits': 'não tem dígitos',
  'an area code stands before its number, and an extension behind a word':
    'o DDD vem antes do número, e o ramal depois de uma palavra',
  'Excel has written it in scientific notation, and the digits are lost':
    'o Excel o gravou em notação científica, e os dígitos se perderam',
  'Excel has written ##### because its column was too narrow, and the digits are lost':
    'o Excel gravou ##### porque a coluna era estreita demais, e os dígitos se perderam',
  'Excel has written an error ({0}) instead of a value': 'o Excel gravou um erro ({0}) no lugar de um valor',
  'it has more than {0} characters, more than any phone': 'tem mais de {0} caracteres, mais que qualquer telefone',
  'it has more than {0} characters, more than any document': 'tem mais de {0} caracteres, mais que qualquer documento',
  '{0}, which Excel writes if a column is too narrow': '{0}, que o Excel grava se uma coluna é estreita demais',
  '{0}, a number whose last digits are lost': '{0}, um número cujos últimos dígitos se perderam',
  '{0}, a formula instead of its result': '{0}, uma fórmula no lugar do seu resultado',
  '{0}, which a program has written instead of the value': '{0}, que um programa gravou no lugar do valor',
  'a byte that is not a character: "{0}"': 'um byte que não é um caractere: "{0}"',
  'a line break, which a template variable must not contain here':
    'uma quebra de linha, que uma variável de template não pode conter aqui',
  'a tab, which a template variable must not contain here':
    'uma tabulação, que uma variável de template não pode conter aqui',
  'five spaces in a row, and a template variable may contain at most four here':
    'cinco espaços seguidos, e uma variável de template pode conter no máximo quatro aqui',
  'a control character': 'um caractere de controle',
  'half a character': 'meio caractere',
  'a character of private use': 'um caractere de uso privado',
  'no character': 'nenhum caractere',
  'U+{0}, {1}': 'U+{0}, {1}',
  'its message has more than {0} placeholders': 'sua mensagem tem mais de {0} marcadores',
  'its message contains {0}; a placeholder is written {{{1}}}':
    'sua mensagem contém {0}; um marcador é escrito {{{1}}}',
  'contains {0}': 'contém {0}',
  "has {0} characters, and the channel's maximum is {1}": 'tem {0} caracteres, e o máximo do canal é {1}',
  'it has no phone and no document': 'não tem telefone nem documento',
  'it has a document and no phone, and this list is one of phones':
    'tem documento e não telefone, e esta lista é de telefones',
  'its area code is not one of this list': 'seu DDD não é um desta lista',
  '{0} cells for {1} columns': '{0} células para {1} colunas',
  'its country code is not 55': 'seu código de país não é 55',
  'a mobile has nine digits and begins with 9': 'um celular tem nove dígitos e começa com 9',
  'it is a mobile without its ninth digit (--repair-ninth-digit adds it)':
    'é um celular sem o nono dígito (--repair-ninth-digit o acrescenta)',
  'a landline has eight digits and begins with 2 to 5; a mobile has nine':
    'um fixo tem oito dígitos e começa com 2 a 5; um celular tem nove',
  'it is a service number ({0})': 'é um número de serviço ({0})',
  'there is no area code {0}': 'não existe o DDD {0}',
  '{0} digits are too few: an area code and 8 or 9 digits are needed':
    '{0} dígitos são poucos: são necessários DDD e 8 ou 9 dígitos',
  '{0} digits are too many': '{0} dígitos são demais',
  'its area code is {0}, and the column of area codes says {1}': 'seu DDD é {0}, e a coluna de DDD diz {1}',
  'the broker needs a CPF or CNPJ': 'o fornecedor precisa de um CPF ou CNPJ',
  'its check digits are wrong': 'seus dígitos verificadores estão errados',
  'it is neither a CPF nor a CNPJ': 'não é CPF nem CNPJ',
  'its registration date "{0}" cannot be read (dd/mm/yyyy or yyyy-mm-dd)':
    'sua data de cadastro "{0}" não pode ser lida (dd/mm/aaaa ou aaaa-mm-dd)',
  'registered on {0}, more than {1} days ago': 'cadastrado em {0}, há mais de {1} dias',
  '{0} cells for {1} columns, extra cells: {2}': '{0} células para {1} colunas, células a mais: {2}',
  'is empty': 'está vazia',
  'contains "{0}", which means no value': 'contém "{0}", que não é um valor',
  'contains "{0}", which is not a name': 'contém "{0}", que não é um nome',
  'contains "{0}", which is not a text': 'contém "{0}", que não é um texto',
  'has {0} characters, and a cell of Excel has at most {1}':
    'tem {0} caracteres, e uma célula do Excel tem no máximo {1}',
  'contains a placeholder: {0}': 'contém um marcador: {0}',
  'contains an escape that was not decoded: {0}': 'contém um escape que não foi decodificado: {0}',
  'column {0} is empty': 'a coluna {0} está vazia',
  'on the blocklist when it was about to be sent': 'estava na lista de bloqueio na hora do envio',
  'another message went to this phone or document within 24 hours':
    'outra mensagem foi enviada a este telefone ou documento em 24 horas',
  'not sent: the contact hours had ended': 'não enviada: o horário de contato tinha terminado',
  'not sent: the campaign was stopped': 'não enviada: a campanha foi parada',
  'not sent: the lease of its batch had ended': 'não enviada: o prazo de posse do lote tinha terminado',
  'not sent: added to the blocklist before the request': 'não enviada: entrou na lista de bloqueio antes da requisição',
  'not sent: the worker was stopping': 'não enviada: o worker estava parando',
  'not sent: the database was unavailable for the check before sending':
    'não enviada: o banco não estava disponível para a verificação antes do envio',
  'not sent: no connection to the broker in time': 'não enviada: sem conexão com o fornecedor a tempo',
  'not sent: the broker had refused this batch before': 'não enviada: o fornecedor já tinha recusado este lote',
  'its worker did not come back': 'seu worker não voltou',
  'the broker does not answer': 'o fornecedor não responde',
  'the broker requested a wait': 'o fornecedor pediu para esperar',
  '{0} failed leads will be sent again': '{0} contatos com falha serão enviados de novo',
  'the price, the template or another approved setting has changed since the approval':
    'o preço, o template ou outra opção aprovada mudou desde a aprovação',
  'older data was accepted: what is PENDING here may have been sent since':
    'dados mais antigos foram aceitos: o que está PENDING aqui pode já ter sido enviado',
  '{0} of the last {1} messages were refused with {2}': '{0} das últimas {1} mensagens foram recusadas com {2}',
  '{0} of the last {1} messages were not delivered: {2}': '{0} das últimas {1} mensagens não foram entregues: {2}',
  '{0}. Cure: {1}': '{0}. O que fazer: {1}',
  'ask the broker what it means, then resume; if it is about single recipients: camp broker set NAME --code CODE=record':
    'pergunte ao fornecedor o que significa, depois retome; se diz respeito a destinatários isolados: camp broker set NOME --code CÓDIGO=record',
  'the last {0} messages were all refused: see camp campaign leads --status ERROR':
    'as últimas {0} mensagens foram todas recusadas: veja camp campaign leads --status ERROR',
  'the wallet has no credential at broker {0}': 'a carteira não tem credencial no fornecedor {0}',
  'its last step at the broker was refused: {0}': 'sua última etapa no fornecedor foi recusada: {0}',
  'its last step at the broker ended in an error: {0}. Part may have been sent: check there; camp campaign resume runs it again':
    'sua última etapa no fornecedor terminou em erro: {0}. Parte das mensagens pode ter sido enviada: verifique lá; camp campaign resume a executa de novo',
  'its last step at the broker is in doubt ({0}): check there, then decide with camp campaign resolve --closing':
    'sua última etapa no fornecedor está em dúvida ({0}): verifique lá e decida com camp campaign resolve --closing',
  'the broker took the run, and no run was seen in the {0} minutes after it':
    'o fornecedor aceitou a execução, e nenhuma execução foi vista nos {0} minutos seguintes',
  'its run ended in an error: {0}': 'sua execução terminou em erro: {0}',
  'it cannot be checked: {0}': 'não pode ser verificada: {0}',
  'column {0} {1}': 'a coluna {0} {1}',
  'its message {0}': 'sua mensagem {0}',
  'its text {0}': 'seu texto {0}',
  '{0}; as a document, {1}': '{0}; como documento, {1}',
  '"{0}" with area code "{1}": {2}': '"{0}" com DDD "{1}": {2}',
  '"{0}": {1}': '"{0}": {1}',
  'the campaign was cancelled': 'a campanha foi cancelada',
  'its worker was stopped before it was written': 'o worker foi parado antes de transmitir',
}
