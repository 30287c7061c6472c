import type { Catalogue } from '../text.ts'

export const CAMPAIGN_HELP: Catalogue = {
  'import, approve, run and follow campaigns': 'importa, aprova, inicia e acompanha campanhas',
  'ID is an id, an agendamento_id, or the unique beginning of one.':
    'ID é um id, um agendamento_id, ou o começo único de um deles.',
  'A campaign: import -> approve -> run -> FINISHED; pause, resume and cancel in between.':
    'Uma campanha: import -> approve -> run -> FINISHED; pause, resume e cancel no meio.',
  'import a contact file (CSV, .csv.gz, .xlsx or - for stdin)':
    'importa um arquivo de contatos (CSV, .csv.gz, .xlsx ou -)',
  'the wallet that pays': 'a carteira que paga',
  "the broker that sends (default: the wallet's)": 'o fornecedor que envia (padrão: o da carteira)',
  'What it sends:': 'O que é enviado:',
  "the campaign's name (default: the file's)": 'o nome da campanha (padrão: o do arquivo)',
  'the text, with columns of the file as variables: {{nome}}':
    'o texto, com colunas do arquivo como variáveis: {{nome}}',
  'the text from a file': 'o texto de um arquivo',
  'an approved template instead of a text': 'um template aprovado em vez de um texto',
  'column of each template variable: 1=nome,2=contrato': 'coluna de cada variável do template: 1=nome,2=contrato',
  'The file:': 'O arquivo:',
  'column of each field: phone=TELEFONE,nome=CLIENTE': 'coluna de cada campo: phone=TELEFONE,nome=CLIENTE',
  'a lead for each phone of a row, not only the first valid one':
    'um contato por telefone da linha, não só o primeiro válido',
  'add the missing ninth digit to mobile numbers': 'acrescenta o nono dígito que falta nos celulares',
  'refuse rows with an older data_cadastro (0: no age check)': 'recusa data_cadastro mais antiga (0: não verifica)',
  'encoding of the file (default: detect)': 'codificação do arquivo (padrão: detectar)',
  'one of ; , tab | (default: detect)': 'um de ; , tab | (padrão: detectar)',
  'sheet of a workbook (default: the one Excel opens on)': 'aba de uma planilha (padrão: a que o Excel abre)',
  'line with the names of the columns (default: detect)': 'linha com os nomes das colunas (padrão: detectar)',
  'allow a file that was already imported': 'aceita um arquivo que já foi importado',
  'write the refused rows to this file, to correct them': 'grava as linhas recusadas neste arquivo, para corrigir',
  'replace an existing --rejects file': 'substitui um arquivo --rejects existente',
  'show the result and write nothing': 'mostra o resultado e não grava nada',
  'When and how fast:': 'Quando e em que ritmo:',
  'start time: ISO 8601 or "2026-11-30 09:00" (CAMP_TIMEZONE)':
    'início: ISO 8601 ou "2026-11-30 09:00" (CAMP_TIMEZONE)',
  'a start missed by more than this needs a manual start': 'um atraso maior que este exige início manual',
  "import the newest new file on this schedule ('inbox/*.csv')": "importa o arquivo novo mais recente ('inbox/*.csv')",
  'none, fixed:30s, random:20s-90s, linear:100/60m, ramp:50/day':
    'none, fixed:30s, random:20s-90s, linear:100/60m, ramp:50/day',
  'at most this many messages in a batch': 'no máximo este número de mensagens num lote',
  "contact hours in the recipient's time": 'horário de contato, na hora do destinatário',
  'contact days: mon-sat, mon,wed,fri': 'dias de contato: mon-sat, mon,wed,fri',
  'send on national and added holidays, too (ADMIN)': 'envia também em feriados (ADMIN)',
  'also apply state contact-hour laws: AL,RJ, auto or none': 'aplica também leis estaduais: AL,RJ, auto ou none',
  'Who receives it:': 'Quem recebe:',
  'without our own control phones': 'sem as nossas iscas',
  'ignore the 24-hour frequency cap (ADMIN)': 'ignora o limite de frequência de 24 horas (ADMIN)',
  'ignore blocklist entries that are limited to another purpose': 'ignora bloqueios limitados a outra finalidade',
  'campaigns, newest first': 'campanhas, as mais novas primeiro',
  'only those in this state': 'só neste estado',
  "only this wallet's": 'só as desta carteira',
  'at most this many': 'no máximo este número',
  'a campaign: state, counts, cost, reasons': 'uma campanha: estado, contagens, custo, motivos',
  'the rows of its file by outcome and reason, and its cost': 'as linhas do arquivo por resultado e motivo, e o custo',
  'a line for each batch instead': 'em vez disso, uma linha por lote',
  'its leads, row by row of the file': 'seus contatos, linha a linha do arquivo',
  'only those with this error code (INVALID_PHONE, …)': 'só os que têm este código de erro (INVALID_PHONE, …)',
  'write them to a CSV file (-: stdout)': 'grava num arquivo CSV (-: stdout)',
  'write them to a workbook': 'grava numa planilha',
  'replace an existing file': 'substitui um arquivo existente',
  'the history of a phone, a document or a contract': 'o histórico de um telefone, documento ou contrato',
  'approve within the budget (ADMIN, not the importer)': 'aprova dentro do orçamento (ADMIN, não quem importou)',
  'refuse approval and cancel the campaign (ADMIN)': 'recusa a aprovação e cancela a campanha (ADMIN)',
  'why, for the record': 'o motivo, para registro',
  'start approved campaigns': 'inicia campanhas aprovadas',
  'all that are due, recurring ones too (for cron)': 'todas as que estão na hora, e as recorrentes (para o cron)',
  'start before the schedule (importer or ADMIN)': 'inicia antes da hora (quem importou ou ADMIN)',
  'follow them to their end': 'acompanha até o fim',
  'follow running campaigns to their end': 'acompanha campanhas em andamento até o fim',
  'stop sending: no new request starts (any user)': 'interrompe o envio: nenhuma nova requisição (qualquer usuário)',
  'every running campaign, instead of an ID': 'todas as campanhas em andamento, em vez de um ID',
  "a wallet's running campaigns": 'as campanhas em andamento de uma carteira',
  "a broker's running campaigns": 'as campanhas em andamento de um fornecedor',
  'A campaign that starts later is not paused; camp db hold (ADMIN) stops all.':
    'Uma campanha que começa depois não é pausada; camp db hold (ADMIN) interrompe tudo.',
  'continue after a pause or failure (importer or ADMIN)': 'continua após pausa ou falha (quem importou ou ADMIN)',
  'every campaign that a pause with --all or a filter paused': 'todas as pausadas por --all ou por um filtro',
  "of these, a wallet's": 'destas, as de uma carteira',
  "of these, a broker's": 'destas, as de um fornecedor',
  'start before the schedule': 'inicia antes da hora agendada',
  'end it and send no further message (importer or ADMIN)': 'encerra e não envia mais nada (quem importou ou ADMIN)',
  'queue failed leads for a new approval (importer or ADMIN)':
    'devolve falhas para nova aprovação (quem importou ou ADMIN)',
  'only leads with these error codes': 'só contatos com estes códigos de erro',
  'Messages that the broker accepted are never sent again.':
    'Mensagens que o fornecedor aceitou nunca são enviadas de novo.',
  'decide on leads in doubt, after checking the broker (ADMIN)':
    'decide contatos em dúvida, após conferir no fornecedor (ADMIN)',
  'the broker accepted it: its cost stays': 'o fornecedor aceitou: o custo fica',
  'it did not: ERROR NOT_SENT, its cost is released': 'não aceitou: ERROR NOT_SENT, o custo é devolvido',
  'send it again, even if a recipient may receive it twice': 'envia de novo, mesmo que alguém receba duas vezes',
  'query the broker if it can tell (TWILIO), without a prompt':
    'consulta o fornecedor, se ele souber (TWILIO), sem perguntar',
  'only these: phones, or ids of leads': 'só estes: telefones, ou ids de contatos',
  "the broker's closing (an automation's run), not the leads":
    'o encerramento no fornecedor (automação), não os contatos',
  '--ask: messages that the broker has become sent, the rest stays in doubt.':
    '--ask: mensagens que o fornecedor tem passam a enviadas, as outras ficam em dúvida.',
  '--map: several phones are phone=TEL1,phone=TEL2; ddd=- if the file has no area codes.':
    '--map: vários telefones são phone=TEL1,phone=TEL2; ddd=- se o arquivo não tem DDD.',
  '--throttle: ramp:50/day,x2 is a warm-up.': '--throttle: ramp:50/day,x2 é um aquecimento.',
  '--encoding: utf-8, utf-16le, utf-16be, windows-1252, cp850, cp860 or macintosh.':
    '--encoding: utf-8, utf-16le, utf-16be, windows-1252, cp850, cp860 ou macintosh.',
  '--purpose: entries of the blocklist without a purpose apply to every campaign.':
    '--purpose: entradas da lista de bloqueio sem finalidade valem para todas as campanhas.',
  '--repeat: FILE is a pattern such as inbox/*.csv.': '--repeat: <file> é um padrão como inbox/*.csv.',
  'Without ID a terminal lists the campaigns that wait: space marks, enter looks closer, a approves, r rejects. With IDs it shows their figures, and asks once.':
    'Sem ID, um terminal lista as campanhas que esperam: espaço marca, enter mostra detalhes, a aprova, r rejeita. Com IDs, mostra seus números e pergunta uma vez.',
  'A campaign is not started before its schedule without confirmation: a terminal asks, elsewhere it ends with 4, and --now confirms. --yes is not enough, because the time is not the one that was approved.':
    'Uma campanha não começa antes da hora agendada sem confirmação: um terminal pergunta, fora dele termina com 4, e --now confirma. --yes não basta, porque a hora não é a que foi aprovada.',
  'Without ID, all that run. With --json it prints a document a line:':
    'Sem ID, todas as que estão em andamento. Com --json imprime um documento por linha:',
  '{"event":"progress",…} at a change, {"event":"end",…} for each at its end.':
    '{"event":"progress",…} a cada mudança, {"event":"end",…} para cada uma no fim.',
  'Exit code: 0 if the campaign is FINISHED, also with leads in doubt; if it FAILED, 6 for the budget and 8 for its broker, credential or key; 4 if it was paused or cancelled.':
    'Código de saída: 0 se a campanha está FINISHED, mesmo com contatos em dúvida; se FAILED, 6 pelo orçamento e 8 pelo fornecedor, credencial ou chave; 4 se foi pausada ou cancelada.',
  'recurring campaigns: list, approve, pause, resume, remove':
    'campanhas recorrentes: list, approve, pause, resume, remove',
  'Create one: camp campaign import \'inbox/*.csv\' --repeat "0 9 * * 1-5" --wallet W --broker B …':
    'Crie uma: camp campaign import \'inbox/*.csv\' --repeat "0 9 * * 1-5" --wallet W --broker B …',
  'At each occurrence the newest file that was not imported yet becomes a campaign. It waits for approval, unless a standing approval covers it; then it starts within its hours. A worker opens it, or cron: camp campaign run --due.':
    'A cada ocorrência, o arquivo mais novo que ainda não foi importado vira uma campanha. Ela espera aprovação, a menos que uma aprovação permanente a cubra; então começa dentro do horário. Um worker a abre, ou o cron: camp campaign run --due.',
  'recurring campaigns, newest first': 'campanhas recorrentes, as mais novas primeiro',
  'also removed ones': 'também as removidas',
  'a recurring campaign and its occurrences': 'uma campanha recorrente e suas ocorrências',
  'at most this many occurrences': 'no máximo este número de ocorrências',
  'approve its future campaigns (ADMIN, not its owner)': 'aprova as próximas campanhas dela (ADMIN, não o dono)',
  'maximum cost of one campaign: 500.00': 'custo máximo de uma campanha: 500.00',
  'its last day, YYYY-MM-DD (default: until it is revoked)': 'último dia, AAAA-MM-DD (padrão: até ser revogada)',
  'end its standing approval (ADMIN)': 'encerra a aprovação permanente (ADMIN)',
  'no more campaigns until it is resumed (any user)': 'sem novas campanhas até ser retomada (qualquer usuário)',
  'continue with the next occurrence (owner or ADMIN)': 'continua na próxima ocorrência (dono ou ADMIN)',
  'end it, keeping the campaigns it opened (owner or ADMIN)': 'encerra, mantendo as campanhas abertas (dono ou ADMIN)',
  'It must be an amount such as 500.00.': 'Deve ser um valor como 500.00.',
  'It must be a day such as 2026-12-31.': 'Deve ser um dia como 2026-12-31.',
  "a month's messages and money, by wallet or campaign": 'mensagens e valores de um mês, por carteira ou campanha',
  'YYYY-MM (default: the current month)': 'AAAA-MM (padrão: o mês atual)',
  'only this wallet': 'só esta carteira',
  'a row for each campaign': 'uma linha por campanha',
  'write it to a CSV file (-: stdout)': 'grava num arquivo CSV (-: stdout)',
  'write it to a workbook': 'grava numa planilha',
  'A message belongs to the month whose budget holds its cost. ROWS are the rows of the files; BILLED also counts fish and messages in doubt. Exit code: 6 if the ledger, the used budget and the leads do not agree.':
    'Uma mensagem pertence ao mês cujo orçamento tem seu custo. LINHAS são as linhas dos arquivos; BILLED conta também as iscas e as mensagens em dúvida. Código de saída: 6 se o extrato, o orçamento usado e os contatos não conferem.',
  'campaigns that run or were stopped, and the workers': 'campanhas em andamento ou paradas, e os workers',
  'print the current state and end': 'imprime o estado atual e termina',
  'On a terminal it is redrawn in place; q or Ctrl-C leaves. Elsewhere it prints a line at a change, at most every five seconds; with --json it is a document.':
    'Num terminal é redesenhado no lugar; q ou Ctrl-C sai. Fora dele imprime uma linha a cada mudança, no máximo a cada cinco segundos; com --json é um documento.',
}
