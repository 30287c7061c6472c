import type { Catalogue } from '../text.ts'

export const CAMPAIGN: Catalogue = {
  '{0} is a refusal of the row at the import: such a lead is never sent again':
    '{0} é uma recusa da linha na importação: um contato assim nunca é enviado de novo',
  'Correct the rows and import them. To write the refused rows to a file: camp campaign import FILE --rejects':
    'Corrija as linhas e importe-as. Para gravar as linhas recusadas num arquivo: camp campaign import ARQUIVO --rejects',
  'See: camp campaign report {0}': 'Veja: camp campaign report {0}',
  '{0} has no failed leads that can be sent again': '{0} não tem contatos com falha que possam ser enviados de novo',
  '{0} has no failed leads that can be sent again with code {1}':
    '{0} não tem contatos com falha que possam ser enviados de novo com o código {1}',
  '{0} has no failed leads that can be sent again with codes {1}':
    '{0} não tem contatos com falha que possam ser enviados de novo com os códigos {1}',
  'It has no failed leads.': 'Ela não tem contatos com falha.',
  'Its failed leads: {0}.': 'Seus contatos com falha: {0}.',
  '{0} must be approved again: its price, template or settings have changed since the approval':
    '{0} precisa ser aprovada de novo: seu preço, template ou opções mudaram desde a aprovação',
  'An ADMIN approves it: camp campaign approve {0}': 'Um ADMIN a aprova: camp campaign approve {0}',
  '{0} has changed since it was shown': '{0} mudou desde que foi mostrada',
  'Look at it again: camp campaign show {0}': 'Veja-a de novo: camp campaign show {0}',
  'wallet {0} has no budget for {1}': 'a carteira {0} não tem orçamento para {1}',
  'Run: camp budget set "{0}" {1} AMOUNT': 'Execute: camp budget set "{0}" {1} VALOR',
  '{0} may cost {1} ({2} messages of {3}), and wallet {4} has {5} available in {6}: limit {7}, used {8}, committed to other campaigns {9}':
    '{0} pode custar {1} ({2} mensagens de {3}), e a carteira {4} tem {5} disponível em {6}: limite {7}, usado {8}, comprometido com outras campanhas {9}',
  'Raise it: camp budget set "{0}" {1} AMOUNT': 'Aumente-o: camp budget set "{0}" {1} VALOR',
  'broker {0} sends approved templates only, and this campaign has free text':
    'o fornecedor {0} só envia templates aprovados, e esta campanha tem texto livre',
  'broker {0} sends free text only, and this campaign has a template':
    'o fornecedor {0} só envia texto livre, e esta campanha tem um template',
  'Import it again with --template CODE.': 'Importe de novo com --template CODIGO.',
  'Import it again with --message TEXT.': 'Importe de novo com --message TEXTO.',
  'you imported {0}: another ADMIN must approve it': 'você importou {0}: outro ADMIN deve aprovar',
  '{0} was imported with a token that you created or a password that you set: another ADMIN must approve it':
    '{0} foi importada com um token que você criou ou uma senha que você definiu: outro ADMIN deve aprovar',
  'the user who imported {0}, or created its token, set the password of your login: another ADMIN must approve it, or you can, after you set your own password (camp user password) and log in again':
    'quem importou {0}, ou criou o token usado, definiu a senha do seu login: outro ADMIN deve aprovar, ou você mesmo, depois de definir sua própria senha (camp user password) e entrar de novo',
  'this database is not held: there is nothing to accept': 'este banco não está retido: não há nada a aceitar',
  'A worker checks this at its start, and reports a hold. To stop all sending now: camp db hold':
    'Um worker verifica isso ao iniciar e avisa se há retenção. Para parar todos os envios agora: camp db hold',
  '{0} has no request that lists the messages it accepted': '{0} não tem consulta que liste as mensagens que aceitou',
  'Check in its panel; each request is named after the campaign and its batch. Then decide: --sent, --not-sent or --resend.':
    'Confira no painel do fornecedor; cada requisição leva o nome da campanha e do lote. Depois decida: --sent, --not-sent ou --resend.',
  'none of its leads has been in doubt for two minutes': 'nenhum de seus contatos está em dúvida há dois minutos',
  'See: camp campaign leads ID --status IN_DOUBT': 'Veja: camp campaign leads ID --status IN_DOUBT',
  '{0} is cancelled: its leads are not sent again': '{0} está cancelada: seus contatos não são enviados de novo',
  'Decide with --sent or --not-sent.': 'Decida com --sent ou --not-sent.',
  '{0} has changed since its approval': '{0} mudou desde a aprovação',
  'Decide with --sent or --not-sent. Leads that were not sent are sent again with camp campaign retry and a new approval.':
    'Decida com --sent ou --not-sent. Contatos que não foram enviados são enviados de novo com camp campaign retry e uma nova aprovação.',
  'none of its leads is in doubt': 'nenhum de seus contatos está em dúvida',
  'none of these leads is in doubt': 'nenhum destes contatos está em dúvida',
  'camp campaign leads --status IN_DOUBT lists those that are.':
    'camp campaign leads --status IN_DOUBT lista os que estão.',
  'its last step at the broker is not in doubt': 'sua última etapa no fornecedor não está em dúvida',
  'price {0}, now {1}': 'preço {0}, agora {1}',
  '{0} leads, now {1}': '{0} contatos, agora {1}',
  '{0} fish, now {1}': '{0} iscas, agora {1}',
  'purpose {0}, now {1}': 'finalidade {0}, agora {1}',
  none: 'nenhum',
  'no campaign has a row with the phone, document or contract {0}':
    'nenhuma campanha tem uma linha com o telefone, documento ou contrato {0}',
  'A value that could not be read is found only if written exactly as in the file; a document that was left out with a warning is not kept.':
    'Um valor que não pôde ser lido só é encontrado se escrito exatamente como no arquivo; um documento omitido com um aviso não é guardado.',
  'The data of {0} older campaigns was pruned (camp prune).':
    'Os dados de {0} campanhas antigas foram removidos (camp prune).',
  claimed: 'reservada',
  'batch {0}': 'lote {0}',
  sent: 'enviada',
  delivered: 'entregue',
  read: 'lida',
  'its request is being sent': 'sua requisição está sendo enviada',
  'the broker accepted it, and has not reported more': 'o fornecedor aceitou, e ainda não informou mais nada',
  'the broker reports that it was delivered': 'o fornecedor informa que foi entregue',
  'the broker reports that it was read': 'o fornecedor informa que foi lida',
  refused: 'recusadas',
  'delivery unknown ({0}): decide with camp campaign resolve':
    'entrega desconhecida ({0}): decida com camp campaign resolve',
  'no answer': 'sem resposta',
  'its campaign is waiting for approval': 'sua campanha espera aprovação',
  'its campaign starts at {0}': 'sua campanha começa em {0}',
  'its campaign is not started: camp campaign run': 'sua campanha não foi iniciada: camp campaign run',
  'it will be put into a batch next': 'será colocada em um lote em seguida',
  'it is waiting in batch {0} until {1}': 'espera no lote {0} até {1}',
  'it is waiting in batch {0}': 'espera no lote {0}',
  'its campaign is {0}': 'sua campanha está {0}',
  'no campaign "{0}"': 'não há a campanha "{0}"',
  'See: camp campaign list': 'Veja: camp campaign list',
  '"{0}" is the beginning or end of several campaigns: {1}': '"{0}" é o começo ou o fim de várias campanhas: {1}',
  'you have imported no campaign yet: there is no @last': 'você ainda não importou nenhuma campanha: não há @last',
  written: 'transmitida',
  accepted: 'aceita',
  'not accepted': 'não aceita',
  withheld: 'retida',
  'in doubt': 'em dúvida',
  failed: 'falhou',
  resolved: 'decidida',
  retried: 'de novo na fila',
  'it failed before: {0}': 'tinha falhado: {0}',
  'No worker is running: start one with camp worker': 'Nenhum worker está em execução: inicie um com camp worker',
  'Follow it: camp campaign watch {0}': 'Acompanhe: camp campaign watch {0}',
  'Continue it: camp campaign resume {0}': 'Continue: camp campaign resume {0}',
  'Its importer, {0}, or an ADMIN ({1}) resumes it.': 'Quem importou, {0}, ou um ADMIN ({1}) a retoma.',
  'Then continue it: camp campaign resume {0}': 'Depois continue: camp campaign resume {0}',
  'Its importer, {0}, or an ADMIN ({1}) then resumes it.': 'Quem importou, {0}, ou um ADMIN ({1}) depois a retoma.',
  'See the result: camp campaign report {0}': 'Veja o resultado: camp campaign report {0}',
  'Nothing is sent: {0}. Check what may have been sent since, and decide: camp db accept-restore':
    'Nada é enviado: {0}. Verifique o que pode ter sido enviado desde então e decida: camp db accept-restore',
  'Nothing is sent: {0}. An ADMIN decides: {1}.': 'Nada é enviado: {0}. Um ADMIN decide: {1}.',
  'Approve it: camp campaign approve {0}': 'Aprove: camp campaign approve {0}',
  'Another ADMIN approves it: {0}.': 'Outro ADMIN aprova: {0}.',
  'An ADMIN approves it: {0}.': 'Um ADMIN aprova: {0}.',
  'No ADMIN may approve it: it was imported by {0}, or with a token or password from there.':
    'Nenhum ADMIN pode aprovar: foi importada por {0}, ou com um token ou senha que vem dessa pessoa.',
  'Add another ADMIN: camp user add; or allow self-approval for the whole installation: camp setting set self-approval allow':
    'Adicione outro ADMIN: camp user add; ou permita a autoaprovação em toda a instalação: camp setting set self-approval allow',
  'An ADMIN can add another one: {0}.': 'Um ADMIN pode adicionar outro: {0}.',
  'Each campaign waits for its own approval.': 'Cada campanha espera sua própria aprovação.',
  'To give a standing approval: camp campaign repeat approve {0} --ceiling AMOUNT':
    'Para dar uma aprovação permanente: camp campaign repeat approve {0} --ceiling VALOR',
  'An ADMIN can give a standing approval: {0}.': 'Um ADMIN pode dar uma aprovação permanente: {0}.',
  'Its start, {0}, was missed: after approval, start it with camp campaign run.':
    'Seu início, {0}, foi perdido: depois da aprovação, inicie com camp campaign run.',
  'Its start time, {0}, has passed: it starts within seconds after approval.':
    'Sua hora de início, {0}, já passou: ela começa segundos depois da aprovação.',
  'After approval it starts at {0}.': 'Depois da aprovação começa em {0}.',
  'After approval it starts at {0}; nothing is sent before {1} ({2}).':
    'Depois da aprovação começa em {0}; nada é enviado antes de {1} ({2}).',
  'Start it: camp campaign run {0}': 'Inicie: camp campaign run {0}',
  'Its start time, {0}, has passed: it starts within seconds.':
    'Sua hora de início, {0}, já passou: ela começa em segundos.',
  'It starts at {0}.': 'Começa em {0}.',
  'It starts at {0}; nothing is sent before {1} ({2}).': 'Começa em {0}; nada é enviado antes de {1} ({2}).',
  'Its start, {0}, was missed. Start it now: camp campaign run {1}':
    'Seu início, {0}, foi perdido. Inicie agora: camp campaign run {1}',
  'If started now, it sends nothing before {0} ({1}).': 'Se iniciada agora, nada é enviado antes de {0} ({1}).',
  'Nothing is sent before {0} ({1}).': 'Nada é enviado antes de {0} ({1}).',
  "Raise the month's budget: camp budget set": 'Aumente o orçamento do mês: camp budget set',
  "An ADMIN raises the month's budget: {0}.": 'Um ADMIN aumenta o orçamento do mês: {0}.',
  "Fix the cause, at the broker or in the wallet's credential: camp credential test":
    'Corrija a causa, no fornecedor ou na credencial da carteira: camp credential test',
  "An ADMIN fixes the cause, at the broker or in the wallet's credential: {0}.":
    'Um ADMIN corrige a causa, no fornecedor ou na credencial da carteira: {0}.',
  '{0} in doubt: check at the broker, then decide with camp campaign resolve {1}':
    '{0} em dúvida: confira no fornecedor, depois decida com camp campaign resolve {1}',
  '{0} in doubt. An ADMIN decides about them: {1}.': '{0} em dúvida. Um ADMIN decide sobre elas: {1}.',
  'contact hours: {0} {1}': 'horário de contato: {0} {1}',
  '{0} is not a contact day': '{0} não é dia de contato',
  '{0} is a holiday': '{0} é feriado',
  '{0} is closed by the law of {1}': '{0} está fechado pela lei de {1}',
  '{0} is not an ADMIN any more: nothing was approved': '{0} não é mais ADMIN: nada foi aprovado',
}
