import type { Catalogue } from '../text.ts'

/** The command line itself: its errors, questions and the connection to camp serve. */
export const CLI: Catalogue = {
  'error:': 'erro:',
  'warning:': 'aviso:',
  ' or ': ' ou ',
  ' and ': ' e ',
  '(for its options and arguments, add --help)': '(para ver as opções e os argumentos, acrescente --help)',
  '{0}: did you mean {1}?': '{0}: você quis dizer {1}?',
  'unknown command "{0}"': 'comando desconhecido "{0}"',
  'unknown option "{0}"': 'opção desconhecida "{0}"',
  "missing required argument '{0}'": "falta o argumento obrigatório '{0}'",
  "option '{0}' argument missing": "falta o valor da opção '{0}'",
  "option '{0}' argument '{1}' is invalid. {2}": "o valor '{1}' da opção '{0}' é inválido. {2}",
  "command-argument value '{0}' is invalid for argument '{1}'. {2}":
    "o valor '{0}' é inválido para o argumento '{1}'. {2}",
  "too many arguments for '{0}'. Expected 1 argument but got {1}.":
    "argumentos demais para '{0}'. Esperado 1 argumento, recebidos {1}.",
  "too many arguments for '{0}'. Expected {1} arguments but got {2}.":
    "argumentos demais para '{0}'. Esperados {1} argumentos, recebidos {2}.",
  'required option {0} not specified': 'falta a opção obrigatória {0}',
  'required options {0} not specified': 'faltam as opções obrigatórias {0}',
  'a subcommand is missing': 'falta um subcomando',
  'See the subcommands with --help.': 'Veja os subcomandos com --help.',
  'This is a bug in camp. Run it again with --debug for the details.':
    'Isto é um defeito do camp. Execute de novo com --debug para ver os detalhes.',
  'stopped by {0}': 'parado por {0}',
  interrupted: 'interrompido',
  'It must be a whole number from {0} to {1}.': 'Deve ser um número inteiro de {0} a {1}.',
  'It must be {0}.': 'Deve ser {0}.',
  'A name is a text of 1 to 200 characters on one line, without control or invisible characters.':
    'Um nome é um texto de 1 a 200 caracteres em uma linha, sem caracteres de controle ou invisíveis.',
  'It must be HOST:PORT.': 'Deve ser HOST:PORTA.',
  'It must be a number of days from 7d to 36500d.': 'Deve ser um número de dias de 7d a 36500d.',
  'there is nothing to set': 'não há nada a definir',
  'See the options with --help.': 'Veja as opções com --help.',
  '{0} names "{1}" twice': '{0} cita "{1}" duas vezes',
  '{0} "{1}" is not a pair': '{0} "{1}" não é um par',
  'Write it as {0} name=column,name=column.': 'Escreva {0} nome=coluna,nome=coluna.',
  '"{0}" may be a phone or a CPF': '"{0}" pode ser um telefone ou um CPF',
  'Say which it is, with --phone or --document.': 'Diga o que é, com --phone ou --document.',
  '"{0}" is not a phone, a CPF or a CNPJ': '"{0}" não é um telefone, um CPF nem um CNPJ',
  'As a phone: {0}. As a document: {1}.': 'Como telefone: {0}. Como documento: {1}.',
  '--file excludes a phone or document beside it': '--file exclui um telefone ou documento ao lado',
  '--phone, --document or both are required': 'é preciso --phone, --document ou ambos',
  '"{0}" is not a phone: {1}': '"{0}" não é um telefone: {1}',
  '"{0}" is not a CPF or CNPJ: {1}': '"{0}" não é um CPF ou CNPJ: {1}',
  '"{0}" is not a date and a time': '"{0}" não é data e hora',
  'Write it as 2026-11-30T09:00-03:00, or as "2026-11-30 09:00" in {0}.':
    'Escreva "30/11/2026 09:00", no fuso {0}, ou 2026-11-30T09:00-03:00.',
  'First use: creating the database in {0} (once, about 20 s)…':
    'Primeiro uso: criando o banco em {0} (uma vez, cerca de 20 s)…',
  'An interrupted camp secret rotate was completed: its secret is now in {0}.':
    'Um camp secret rotate interrompido foi concluído: seu segredo está agora em {0}.',
  'this command': 'este comando',
  '{0} is a USER; {1} requires an ADMIN': '{0} é USER; {1} exige um ADMIN',
  'Ask an ADMIN: {0}': 'Peça a um ADMIN: {0}',
  'An ADMIN {0}: {1}.': 'Um ADMIN {0}: {1}.',
  '{0} requires the path of a file': '{0} exige o caminho de um arquivo',
  'For example: {0} /etc/camp.env': 'Por exemplo: {0} /etc/camp.env',

  Yes: 'Sim',
  No: 'Não',
  'You must answer with "{0}" or "{1}"': 'Responda "{0}" ou "{1}"',
  'You must provide a value': 'Digite um valor',
  '[input is masked]': '[entrada oculta]',
  navigate: 'mover',
  select: 'escolher',
  'toggle visibility': 'mostrar ou ocultar',
  '{0} This requires an answer, and there is no terminal.': '{0} Isto exige uma resposta, e não há terminal.',
  'Add --yes to answer yes.': 'Acrescente --yes para responder sim.',
  '{0} is required, and there is no terminal to ask for it': 'falta "{0}", e não há terminal para perguntar',
  '--password-stdin is given, but stdin is empty': '--password-stdin foi dado, mas stdin está vazio',
  'Pipe it to stdin with --password-stdin.': 'Envie-a por stdin com --password-stdin.',
  'stdin is longer than 1 MB': 'stdin tem mais de 1 MB',
  'on a server, standard input must be piped': 'em um servidor, a entrada padrão deve vir de um pipe',

  '--csv and --xlsx write different files: give one of them':
    '--csv e --xlsx gravam arquivos diferentes: use só um deles',
  '--plain belongs to --csv': '--plain só vale com --csv',
  '--overwrite belongs to --csv or --xlsx': '--overwrite só vale com --csv ou --xlsx',
  '--csv - and --json both write to stdout: give one of them':
    '--csv - e --json escrevem ambos em stdout: use só um deles',
  'a workbook is not written to stdout: name a file': 'uma planilha não vai para stdout: dê o nome de um arquivo',
  '{0} leads written to {1}.': '{0} contatos gravados em {1}.',
  '{0} report rows written to {1}.': '{0} linhas do relatório gravadas em {1}.',
  '{0} cannot be written: {1}': '{0} não pode ser gravado: {1}',

  'CAMP_URL and DATABASE_URL are both set: a command runs either on the server or here':
    'CAMP_URL e DATABASE_URL estão ambas definidas: um comando roda no servidor ou aqui',
  'Unset one of them.': 'Remova uma delas.',
  '{0} is not encrypted: passwords and lists can be intercepted':
    '{0} não é criptografado: senhas e listas podem ser interceptadas',
  'the server at {0} cannot be reached, or was interrupted: {1}':
    'o servidor em {0} não pôde ser alcançado ou foi interrompido: {1}',
  'it ended without an exit code': 'terminou sem código de saída',
  'the server asked for {0}, which the command line does not name':
    'o servidor pediu {0}, que a linha de comando não cita',
  'the server is camp {0}, and this is camp {1}': 'o servidor é camp {0}, e este é camp {1}',
  'Install the same version here.': 'Instale a mesma versão aqui.',
  'the command line is too long for the server': 'a linha de comando é longa demais para o servidor',
  'the server is busy: it runs its maximum of commands': 'o servidor está ocupado: já executa o máximo de comandos',
  'the server at CAMP_URL is not camp serve (HTTP {0})': 'o servidor em CAMP_URL não é camp serve (HTTP {0})',
  '1 lead written to {0}.': '1 contato gravado em {0}.',
  '1 report row written to {0}.': '1 linha do relatório gravada em {0}.',
  '1 audit entry written to {0}.': '1 registro da auditoria gravado em {0}.',
  '{0} audit entries written to {1}.': '{0} registros da auditoria gravados em {1}.',
  '1 entry written to {0}.': '1 entrada gravada em {0}.',
  '{0} entries written to {1}.': '{0} entradas gravadas em {1}.',
}
