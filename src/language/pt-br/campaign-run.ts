import type { Catalogue } from '../text.ts'

export const CAMPAIGN_RUN: Catalogue = {
  'Reject {0}? The campaign is cancelled.': 'Rejeitar {0}? A campanha é cancelada.',
  'Rejected: {0}': 'Rejeitada: {0}',
  'Paused: {0}': 'Pausada: {0}',
  'Resumed: {0}': 'Retomada: {0}',
  'Cancel {0} permanently?': 'Cancelar {0} definitivamente?',
  'Cancelled: {0}': 'Cancelada: {0}',
  'No further request starts; {0}.': 'Nenhuma nova requisição começa; {0}.',
  'No lead was left to send: it is FINISHED.': 'Não restava nenhum contato a enviar: está FINISHED.',
  'no answer is awaited': 'nenhuma requisição em andamento',
  '1 answer is still awaited': '1 resposta ainda é esperada',
  '{0} answers are still awaited': '{0} respostas ainda são esperadas',
  '{0} would receive it now, {1} when their contact hours open':
    '{0} receberiam agora, {1} quando seu horário de contato abrir',
  '{0} would receive it now': '{0} receberiam agora',
  '{0} would receive it from {1} ({2})': '{0} receberiam a partir de {1} ({2})',
  '{0} is scheduled: it starts at {1}. Start it now? {2}.': '{0} está agendada: começa em {1}. Iniciar agora? {2}.',
  '{0} is scheduled: it starts at {1}, which is in the future':
    '{0} está agendada: começa em {1}, que ainda não chegou',
  'To start it now: camp campaign {0} {1} --now ({2}). --yes does not change the time.':
    'Para iniciar agora: camp campaign {0} {1} --now ({2}). --yes não muda a hora.',
  'No campaign was running: nothing was paused.': 'Nenhuma campanha estava em andamento: nada foi pausado.',
  'Continue them: camp campaign resume {0}': 'Continue-as: camp campaign resume {0}',
  'Finished: {0}': 'Concluída: {0}',
  '{0} was not resumed: {1}': '{0} não foi retomada: {1}',
  'No campaign is paused by such a command: nothing was resumed.':
    'Nenhuma campanha foi pausada por um comando desses: nada foi retomado.',
  'Add its ID, or --all, --wallet WALLET or --broker BROKER.':
    'Acrescente o ID, ou --all, --wallet CARTEIRA ou --broker FORNECEDOR.',
  'an ID, --all and a filter exclude each other': 'um ID, --all e um filtro se excluem',
  '1 campaign is paused. No further request starts; {0}.':
    '1 campanha está pausada. Nenhuma nova requisição começa; {0}.',
  '{0} campaigns are paused. No further request starts; {1}.':
    '{0} campanhas estão pausadas. Nenhuma nova requisição começa; {1}.',
  'Count {0} leads in doubt of {1} as sent?': 'Contar {0} contatos em dúvida de {1} como enviados?',
  'Count the last step of {0} as sent?': 'Contar a última etapa de {0} como enviada?',
  'Count {0} leads in doubt of {1} as not sent?': 'Contar {0} contatos em dúvida de {1} como não enviados?',
  'Count the last step of {0} as not sent?': 'Contar a última etapa de {0} como não enviada?',
  'Send {0} leads in doubt of {1} again? A recipient who already received it receives it twice.':
    'Enviar de novo {0} contatos em dúvida de {1}? Quem já recebeu recebe duas vezes.',
  'Send the last step of {0} again? A recipient who already received it receives it twice.':
    'Enviar de novo a última etapa de {0}? Quem já recebeu recebe duas vezes.',
  '{0} leads of {1} are counted as sent.': '{0} contatos de {1} contam como enviados.',
  'Its last step is counted as sent.': 'Sua última etapa conta como enviada.',
  '{0} leads of {1} are counted as not sent.': '{0} contatos de {1} contam como não enviados.',
  'Its last step is counted as not sent.': 'Sua última etapa conta como não enviada.',
  '{0} leads of {1} are to be sent again.': '{0} contatos de {1} serão enviados de novo.',
  'Its last step is to be sent again.': 'Sua última etapa será enviada de novo.',
  '--lead and --closing exclude each other': '--lead e --closing se excluem',
  '--ask cannot be combined with --sent, --not-sent, --resend, --closing or --lead':
    '--ask não pode ser combinada com --sent, --not-sent, --resend, --closing ou --lead',
  'Of {0} the broker has {1} messages that were in doubt, does not have {2}, and cannot tell for {3}.':
    'De {0} o fornecedor tem {1} mensagens que estavam em dúvida, não tem {2}, e não sabe dizer de {3}.',
  'For those it does not have, decide with --resend or --not-sent, by --lead.':
    'Sobre as que ele não tem, decida com --resend ou --not-sent, por --lead.',
  'the broker could not be queried about any of them: {0}':
    'o fornecedor não pôde ser consultado sobre nenhuma delas: {0}',
  'exactly one of --sent, --not-sent, --resend and --ask is required':
    'é preciso exatamente uma de --sent, --not-sent, --resend e --ask',
  'First check at the broker whether it has these messages.': 'Confira antes no fornecedor se ele tem estas mensagens.',
  '{0} leads of {1} will be sent again.': '{0} contatos de {1} serão enviados de novo.',
  '{0} failed leads are not due yet; the first is due at {1}.':
    '{0} contatos com falha ainda não podem ser reenviados; o primeiro poderá em {1}.',
  'no failed lead of {0} is due: {1} may be sent again later':
    'nenhum contato com falha de {0} pode ser reenviado agora: {1} poderão mais tarde',
  'The first is due at {0}; camp broker show BROKER --codes lists the times.':
    'O primeiro poderá em {0}; camp broker show FORNECEDOR --codes lista os tempos.',
  'Add IDs, or --due for all approved campaigns whose start time has passed.':
    'Acrescente IDs, ou --due para todas as campanhas aprovadas cuja hora de início passou.',
  'IDs and --due exclude each other': 'IDs e --due se excluem',
  '--now requires IDs, and excludes --due': '--now precisa de IDs, e exclui --due',
  'Started {0}.': '{0} iniciada.',
  '{0} was not started: {1}': '{0} não foi iniciada: {1}',
  '{0} from {1}': '{0} de {1}',
  'Recurring campaign {0}: {1}.': 'Campanha recorrente {0}: {1}.',
  'recurring campaigns could not be opened: {0}': 'campanhas recorrentes que não puderam ser abertas: {0}',
  'For the reason: camp campaign repeat show ID': 'Para ver o motivo: camp campaign repeat show ID',
  'missed by too long, and to be started by hand: {0}': 'atrasadas demais, a iniciar à mão: {0}',
  'Start them now: camp campaign run {0}': 'Inicie-as agora: camp campaign run {0}',
  'Or cancel them: camp campaign cancel ID': 'Ou cancele-as: camp campaign cancel ID',
  '{0} was due at {1}: it must be started by hand': '{0} devia começar em {1}: precisa ser iniciada à mão',
  'No campaign is running. See: camp campaign list': 'Nenhuma campanha em andamento. Veja: camp campaign list',
  'Ctrl-C leaves': 'Ctrl-C sai',
  'stopped watching; campaign {0} continues': 'acompanhamento encerrado; a campanha {0} continua',
  'stopped watching; campaigns {0} continue': 'acompanhamento encerrado; as campanhas {0} continuam',
  'Watch again: camp campaign watch {0}': 'Acompanhe de novo: camp campaign watch {0}',
  'To stop it: camp campaign pause {0}': 'Para parar: camp campaign pause {0}',
  '{0}: nothing has changed for {1} seconds, although a worker is running: see its log':
    '{0}: nada mudou há {1} segundos, embora um worker esteja em execução: veja seu log',
  'pace {0}': 'ritmo {0}',
  'ends {0}': 'termina {0}',
  '{0} of them ending': '{0} deles terminando',
  '1 batch queued': '1 lote na fila',
  '{0} batches queued': '{0} lotes na fila',
  'callbacks up to date': 'retornos em dia',
  '{0} callbacks behind, since {1}': '{0} retornos atrasados, desde {1}',
  '1 worker': '1 worker',
  '{0} workers': '{0} workers',
  '{0} delivered': '{0} entregues',
  '{0} read': '{0} lidas',
  '{0} accepted': '{0} aceitas',
  '{0} refused': '{0} recusadas',
  '{0} IN DOUBT': '{0} EM DÚVIDA',
  'refused: {0}': 'recusadas: {0}',
  'start it: camp campaign run {0}': 'inicie: camp campaign run {0}',
  'starts {0}': 'começa {0}',
  'nothing is sent: {0}. See: camp db accept-restore --show':
    'nada é enviado: {0}. Veja: camp db accept-restore --show',
  'broker away since {0} ({1}), next try {2}': 'fornecedor fora do ar desde {0} ({1}), nova tentativa {2}',
  'waits until {0}: contact hours ({1} of {2} leads)': 'espera até {0}: horário de contato ({1} de {2} contatos)',
  'waits until {0}: pace {1}': 'espera até {0}: ritmo {1}',
}
