import type { Catalogue } from '../text.ts'

export const SANDBOX: Catalogue = {
  'the demo has no broker "{0}"': 'a demo não tem o fornecedor "{0}"',
  'Choose one of {0}.': 'Escolha um de {0}.',
  'end-to-end run on the bundled file, with a simulated broker':
    'execução completa com o arquivo incluído e um fornecedor simulado',
  'keep its database and print where it is': 'mantém o banco da demo e mostra onde ele está',
  'the simulated broker: SANDBOX, GOSAC, OTIMA_WPP, …': 'o fornecedor simulado: SANDBOX, GOSAC, OTIMA_WPP, …',
  'It uses its own database, broker and worker in a temporary folder, which it removes; nothing of yours is changed.':
    'Usa seu próprio banco, fornecedor e worker numa pasta temporária, que depois remove; nada seu é alterado.',
  'camp {0} ended during its start ({1})': 'camp {0} terminou durante o início ({1})',
  'no exit code': 'sem código de saída',
  'camp {0} failed ({1})': 'camp {0} falhou ({1})',
  'The sandbox as {0}, a process of its own': 'O sandbox como {0}, num processo próprio',
  'PostgreSQL, migrations; a wallet, its budget, a broker, the credential, two fish':
    'PostgreSQL, migrações; uma carteira, seu orçamento, um fornecedor, a credencial, duas iscas',
  'Approval against the budget': 'Aprovação contra o orçamento',
  'A worker, with the listener for callbacks': 'Um worker, com o listener para retornos',
  Dispatch: 'Envio',
  'Delivery callbacks': 'Retornos de entrega',
  'Its database is kept: CAMP_HOME={0} camp campaign list': 'O banco foi mantido: CAMP_HOME={0} camp campaign list',
  'Import of fixtures/demo/mailing.csv': 'Importação de fixtures/demo/mailing.csv',
  '   {0} rows, {1} to send ({2} fish among them), refused: {3}; at most {4}':
    '   {0} linhas, {1} a enviar ({2} iscas entre elas), recusadas: {3}; no máximo {4}',
  'rows of the file + fish = leads': 'linhas do arquivo + iscas = contatos',
  'every lead that could be sent was accepted': 'todo contato que podia ser enviado foi aceito',
  'the broker got each lead once': 'o fornecedor recebeu cada contato uma vez',
  '{0} duplicates': '{0} duplicatas',
  'nothing is open or in doubt': 'nada está em aberto ou em dúvida',
  'ledger = used budget = unit cost × accepted': 'extrato = orçamento usado = custo unitário × aceitas',
  'Sent {0} messages in {1} s; delivered {2}, of them read {3}.':
    '{0} mensagens enviadas em {1} s; entregues {2}, das quais lidas {3}.',
  'the budget audit found differences: {0}': 'a auditoria do orçamento encontrou diferenças: {0}',
  'cut off': 'interrompida',
  'The sandbox is listening; Ctrl-C stops it.': 'O sandbox está no ar; Ctrl-C o encerra.',
  'simulated brokers on their real paths, with injected faults':
    'fornecedores simulados em seus caminhos reais, com falhas injetadas',
  'where to listen (port 0: any free one)': 'onde escutar (porta 0: qualquer porta livre)',
  'the same seed gives the same random choices': 'a mesma semente dá as mesmas escolhas aleatórias',
  'keep accepted messages in a file and continue from it': 'guarda as mensagens aceitas num arquivo e continua dele',
  'Answers:': 'Respostas:',
  'how long an answer takes: 20, or 5-50': 'quanto demora uma resposta: 20, ou 5-50',
  'share of refused messages: 0.01': 'parcela de mensagens recusadas: 0.01',
  'share of requests that fail: 429=0.05 (repeatable)': 'parcela de requisições que falham: 429=0.05 (repetível)',
  'sent with every 429': 'enviado com cada 429',
  'keys or phones whose whole request is refused': 'chaves ou telefones cuja requisição inteira é recusada',
  'Callbacks:': 'Retornos:',
  'before "delivered", and again before "read": 200, or 50-500':
    'antes de "delivered", e de novo antes de "read": 200, ou 50-500',
  'of what was accepted (0.95)': 'do que foi aceito (0.95)',
  'of what was accepted (0.02)': 'do que foi aceito (0.02)',
  'of what was delivered (0.6)': 'do que foi entregue (0.6)',
  'of what was delivered (0)': 'do que foi entregue (0)',
  'duplicated, reordered, early, unknown, forged (repeatable)':
    'duplicated, reordered, early, unknown, forged (repetível)',
  'By phone, broker and setting:': 'Por telefone, fornecedor e configuração:',
  'refuse, silent, deliver, read, fail, opt_out (repeatable)':
    'refuse, silent, deliver, read, fail, opt_out (repetível)',
  'for one broker: GUPSHUP={"callback_url":"…"} (repeatable)':
    'para um fornecedor: GUPSHUP={"callback_url":"…"} (repetível)',
  'any setting of PUT /control': 'qualquer configuração de PUT /control',
  'It prints its URL and runs until it is stopped. GET /stats counts, GET /messages?phone=… what a phone received, GET /control lists the faults, PUT /control changes them; /stats/GOSAC and /control/GOSAC are about one broker.':
    'Mostra sua URL e fica no ar até ser parado. GET /stats conta, GET /messages?phone=… mostra o que um telefone recebeu, GET /control lista as falhas, PUT /control as altera; /stats/GOSAC e /control/GOSAC tratam de um fornecedor.',
  'It must be HOST:PORT.': 'Deve ser HOST:PORTA.',
  'It must be a JSON object.': 'Deve ser um objeto JSON.',
  'It must be a number.': 'Deve ser um número.',
}
