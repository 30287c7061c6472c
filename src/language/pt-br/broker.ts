import type { Catalogue } from '../text.ts'

export const BROKER: Catalogue = {
  'must be printable ASCII': 'deve ser ASCII imprimível',
  'must be a phone number with its country code': 'deve ser um número de telefone com código do país',
  'must be the name of a header': 'deve ser o nome de um cabeçalho',
  'must have at least 16 characters': 'deve ter pelo menos 16 caracteres',
  'the adapter {0} does not list the code {1}: camp broker show --codes':
    'o adaptador {0} não tem o código {1} na tabela: camp broker show --codes',
  'by share': 'pela proporção',
  "is a partner's route: mode=partner sends there": 'é a rota de um parceiro: mode=partner envia por ela',
  'is the route of another app than app_id': 'é a rota de outro aplicativo, não a de app_id',
  "is not a partner's route: leave it out": 'não é a rota de um parceiro: deixe-a fora',
  'must be words separated by commas, each with * at its ends at most':
    'deve ser palavras separadas por vírgulas, com * só nas pontas de cada uma',
  'must be after initial_minutes': 'deve ser depois de initial_minutes',
  'reply {0} has no phone: nothing is blocked. Block it by hand: camp blocklist add --phone':
    'a resposta {0} não tem telefone: nada é bloqueado. Bloqueie à mão: camp blocklist add --phone',
  'webhook_header and webhook_secret are set together': 'webhook_header e webhook_secret são definidos juntos',
  'must be a time zone such as America/Sao_Paulo': 'deve ser um fuso horário, como America/Sao_Paulo',
  'Ótima accepts the token': 'a Ótima aceita o token',
  'there is no adapter "{0}"': 'não há o adaptador "{0}"',
  'Adapters: {0}.': 'Adaptadores: {0}.',
  'Salesforce and Marketing Cloud both issue a token, and the automation exists':
    'o Salesforce e o Marketing Cloud emitem cada um seu token, e a automação existe',
  'must look like v59.0': 'deve ter a forma v59.0',
  'must be the number of a business unit (MID)': 'deve ser o número de uma business unit (MID)',
  'must be an API name, like Telefone__c': 'deve ser um nome de API, como Telefone__c',
  '"{0}" is not of the form Field__c=column': '"{0}" não tem a forma Campo__c=coluna',
  '{0} and {1} name the same field, {2}': '{0} e {1} nomeiam o mesmo campo, {2}',
  'must be an RSA key, and is of the type {0}': 'deve ser uma chave RSA, e é do tipo {0}',
  'must have at least {0} bits, and has {1}': 'deve ter pelo menos {0} bits, e tem {1}',
  'must be a private key in PEM, without a passphrase': 'deve ser uma chave privada em PEM, sem senha',
  'is needed for auth={0}': 'é necessário para auth={0}',
  'contradicts auth={0}: remove it ({1}=)': 'contradiz auth={0}: remova ({1}=)',
  "must be on the org's My Domain, like https://NAME.my.salesforce.com/services/oauth2/token: auth=client_credentials does not work on login.salesforce.com and test.salesforce.com":
    'deve estar no My Domain da org, como https://NOME.my.salesforce.com/services/oauth2/token: auth=client_credentials não funciona em login.salesforce.com nem em test.salesforce.com',
  'the login with a password (auth=password) stops working on {0}: Salesforce switches that flow off. Use auth=client_credentials or auth=jwt':
    'o login com senha (auth=password) deixa de funcionar em {0}: o Salesforce desliga esse fluxo. Use auth=client_credentials ou auth=jwt',
  'idcob_contrato does not reach Salesforce until field_contract is set':
    'idcob_contrato não chega ao Salesforce enquanto field_contract não estiver definido',
  'must be a custom field, like Chave__c': 'deve ser um campo personalizado, como Chave__c',
  'the sandbox answers': 'o sandbox responde',
  'Meta accepts the token: {0}, quality {1}, status {2}, throughput {3}':
    'a Meta aceita o token: {0}, qualidade {1}, status {2}, vazão {3}',
  'must be the id of a number: digits': 'deve ser o id de um número: dígitos',
  'must have at least 10 characters': 'deve ter pelo menos 10 caracteres',
  'must be a version as v23.0': 'deve ser uma versão como v23.0',
  'is only sent with route=marketing_messages': 'só é enviado com route=marketing_messages',
  'Twilio accepts the token of account {0}': 'a Twilio aceita o token da conta {0}',
  'must be {0} and 32 hexadecimal digits': 'deve ser {0} e 32 dígitos hexadecimais',
  'must be +5511…, a short code, or a name of at most 11 letters and digits':
    'deve ser +5511…, um número curto ou um nome de até 11 letras e dígitos',
  'with channel=whatsapp the sender (from) is a number: +5511…':
    'com channel=whatsapp o remetente (from) é um número: +5511…',
  'api_key_sid and api_key_secret are given together': 'api_key_sid e api_key_secret são indicados juntos',
  'auth_token is needed, or api_key_sid and api_key_secret': 'é preciso auth_token, ou api_key_sid e api_key_secret',
  'the WhatsApp sender': 'o remetente de WhatsApp',
  'the Messaging Service': 'o Messaging Service',
  'the short code': 'o número curto',
  'the alphanumeric sender': 'o remetente alfanumérico',
  'the toll-free number': 'o número de chamada gratuita',
  'the long code': 'o número comum',
  "WhatsApp accepts only approved templates, not free text, outside the 24 hours after a person's message":
    'o WhatsApp só aceita templates aprovados, e não texto livre, fora das 24 horas depois de uma mensagem da pessoa',
  'the code of template "{0}" is not a Twilio ContentSid: HX and 32 hexadecimal digits':
    'o código do template "{0}" não é um ContentSid da Twilio: HX e 32 dígitos hexadecimais',
  'Add the template with that code, or set it for all: camp credential set WALLET BROKER content_sid=HX…':
    'Adicione o template com esse código, ou defina um para todos: camp credential set CARTEIRA FORNECEDOR content_sid=HX…',
  '{0} messages': '{0} mensagens',
  '{0} messages ({1} SMS)': '{0} mensagens ({1} SMS)',
  "Twilio would drop many of {0}: {1} sends {2} a second, so the last would wait {3} s in Twilio's queue, and the validity is {4} s":
    'a Twilio descartaria muitas de {0}: {1} envia {2} por segundo; a última esperaria {3} s na fila da Twilio, e a validade é de {4} s',
  'Import with --throttle, or slow down: camp broker set BROKER --rate {0}/s. If the sender is faster: camp credential set WALLET BROKER sender_rate=N; to let messages wait longer: validity=SECONDS.':
    'Importe com --throttle, ou reduza o ritmo: camp broker set FORNECEDOR --rate {0}/s. Se o remetente é mais rápido: camp credential set CARTEIRA FORNECEDOR sender_rate=N; para que as mensagens esperem mais: validity=SEGUNDOS.',
  'messaging_service_sid is used, and from is not: the Messaging Service chooses the sender':
    'messaging_service_sid é usado, e from não: o Messaging Service escolhe o remetente',
  "without auth_token no callback can be verified: Twilio's callbacks are refused, and messages stay SENT":
    'sem auth_token nenhum retorno pode ser verificado: os retornos da Twilio são recusados, e as mensagens ficam em SENT',
  'Twilio refuses every message (21609): the host of CAMP_PUBLIC_URL has an underscore, which it allows in no callback URL':
    'a Twilio recusa toda mensagem (21609): o host de CAMP_PUBLIC_URL tem um sublinhado, que ela não permite em URLs de retorno',
  'an unreadable list{0}': 'uma lista ilegível{0}',
  '{0} messages match': '{0} mensagens correspondem',
  'its message to this person at that time has another text':
    'a mensagem dela para esta pessoa naquele momento tem outro texto',
  'it has more than {0} messages to this person, and no more are read':
    'ela tem mais de {0} mensagens para esta pessoa, e o camp não lê mais que isso',
  'Twilio lists some messages only after 15 minutes: query it again later':
    'a Twilio só lista algumas mensagens depois de 15 minutos: consulte de novo mais tarde',
  'from or messaging_service_sid is needed': 'é preciso from ou messaging_service_sid',
  'a WhatsApp sender (from) needs channel=whatsapp': 'um remetente de WhatsApp (from) precisa de channel=whatsapp',
  'Added broker "{0}" ({1}, {2} a message, {3}).': 'Fornecedor "{0}" adicionado ({1}, {2} por mensagem, {3}).',
  'no rate limit': 'sem limite de ritmo',
  'Add one: camp broker add NAME --adapter SANDBOX --cost 0.0450':
    'Adicione um: camp broker add NOME --adapter SANDBOX --cost 0.0450',
  'adds one': 'pode adicionar',
  NAME: 'NOME',
  ADAPTER: 'ADAPTADOR',
  COST: 'CUSTO',
  RATE: 'RITMO',
  'MAX BATCH': 'LOTE MÁX.',
  BILLING: 'COBRANÇA',
  'No brokers yet. {0}': 'Ainda não há fornecedores. {0}',
  name: 'nome',
  id: 'id',
  adapter: 'adaptador',
  cost: 'custo',
  rate: 'ritmo',
  'no limit': 'sem limite',
  'max batch': 'lote máximo',
  '{0} does not prove that nothing was taken: its messages stay in doubt, and no class changes that':
    '{0} não prova que nada foi aceito: suas mensagens ficam em dúvida, e nenhuma classe muda isso',
  '{0}: from now on each message with it blocks its recipient at once, for every campaign':
    '{0}: a partir de agora cada mensagem com ele bloqueia o destinatário na hora, para todas as campanhas',
  'at once': 'ao mesmo tempo',
  '{0} requests': '{0} requisições',
  'requests in flight per credential, or "none"': 'requisições em andamento por credencial, ou "none"',
  "the adapter's": 'o do adaptador',
  callbacks: 'retornos',
  webhook: 'webhook',
  '{0} a message, for what it accepted': '{0} por mensagem que aceita',
  '{0} a message, for what it delivered': '{0} por mensagem que entrega',
  '{0} applied, {1} waiting, {2} of unknown messages, {3} of these dropped because too many were waiting':
    '{0} aplicados, {1} em espera, {2} de mensagens desconhecidas, dos quais {3} descartados por excesso de retornos em espera',
  '{0} applied, {1} waiting, {2} of unknown messages': '{0} aplicados, {1} em espera, {2} de mensagens desconhecidas',
  'none: CAMP_PUBLIC_URL is not set, and no worker that is running has a URL for callbacks':
    'nenhum: CAMP_PUBLIC_URL não está definida, e nenhum worker em execução tem uma URL para retornos',
  'Broker "{0}" ({1}, {2} a message).': 'Fornecedor "{0}" ({1}, {2} por mensagem).',
  'Remove broker "{0}" with its credentials?': 'Remover o fornecedor "{0}" com suas credenciais?',
  'Removed broker "{0}".': 'Fornecedor "{0}" removido.',
  'senders, their price and rate: add, list, show, set': 'quem envia, com preço e ritmo: add, list, show, set',
  'add a broker': 'adiciona um fornecedor',
  'its name, unique': 'seu nome, único',
  'its adapter: {0}': 'seu adaptador: {0}',
  'what a message costs: 0.0450': 'quanto custa uma mensagem: 0.0450',
  'request limit per credential: 20/s, 100/m, 5000/h or none':
    'limite de requisições por credencial: 20/s, 100/m, 5000/h ou none',
  'messages per request': 'mensagens por requisição',
  'what it bills: accepted or delivered messages': 'o que cobra: ACCEPTED (aceitas) ou DELIVERED (entregues)',
  'all brokers': 'todos os fornecedores',
  'a broker (an ADMIN also sees its webhook URL)': 'um fornecedor (um ADMIN vê também a URL de webhook)',
  'change a broker': 'altera um fornecedor',
  'list its codes instead: the class and the meaning of each':
    'lista em vez disso seus códigos: a classe e o significado',
  'class of a code, or default (repeatable): 132015=stop': 'classe de um código, ou default (repetível): 132015=stop',
  codes: 'códigos',
  CODE: 'CÓDIGO',
  CLASS: 'CLASSE',
  MEANING: 'SIGNIFICADO',
  CURE: 'O QUE FAZER',
  'The adapter {0} has no table of codes.': 'O adaptador {0} não tem tabela de códigos.',
  '{0} (set)': '{0} (definida)',
  '{0} (by share)': '{0} (por proporção)',
  'A code has 1 to {0} characters: --code 132015=stop': 'Um código tem de 1 a {0} caracteres: --code 132015=stop',
  '--code names "{0}" twice': '--code cita "{0}" duas vezes',
  'Classes: {0}.': 'Classes: {0}.',
  'Only later and wait have a time, at most 31d: --code 63049=later:24h':
    'Só later e wait têm um tempo, no máximo 31d: --code 63049=later:24h',
  '--code "{0}" is not a code and its class': '--code "{0}" não é um código e sua classe',
  'its new name': 'seu novo nome',
  'price of a message (approved campaigns keep theirs)': 'preço de uma mensagem (campanhas aprovadas mantêm o seu)',
  'request limit: 20/s, 100/m, 5000/h or "none"': 'limite de requisições: 20/s, 100/m, 5000/h ou "none"',
  'messages per request, or "none" for the adapter\'s own':
    'mensagens por requisição, ou "none" para o número do adaptador',
  'replace its webhook URL (the old one stops working)': 'troca a URL de webhook (a antiga deixa de funcionar)',
  'remove a broker that no campaign uses, with its credentials':
    'remove um fornecedor que nenhuma campanha usa, com suas credenciais',
  'Write it as 20/s, 100/m or 5000/h; at least 4/h.': 'Escreva 20/s, 100/m ou 5000/h; no mínimo 4/h.',
  'no keys are given: use key=value, or --file': 'nenhuma chave foi indicada: use chave=valor, ou --file',
  'Keys: {0}': 'Chaves: {0}',
  '{0} is http: messages and keys are sent to the broker unencrypted; use an https URL if it has one':
    '{0} é http: mensagens e chaves vão ao fornecedor sem criptografia; use uma URL https se ele tiver uma',
  'Stored the credential of "{0}" at "{1}": {2}.': 'Credencial de "{0}" em "{1}" gravada: {2}.',
  'Add one: camp credential set WALLET BROKER key=value':
    'Adicione uma: camp credential set CARTEIRA FORNECEDOR chave=valor',
  WALLET: 'CARTEIRA',
  BROKER: 'FORNECEDOR',
  CHANGED: 'ALTERADA',
  'No credentials yet. {0}': 'Ainda não há credenciais. {0}',
  'not tested: {0} has no request that tests a credential':
    'não testada: {0} não tem uma requisição que teste uma credencial',
  'The first message shows whether it is valid. Import a file with your own phones, and run it.':
    'A primeira mensagem mostra se ela é válida. Importe um arquivo com telefones seus e execute a campanha.',
  'broker "{0}" refuses the credential: {1}': 'o fornecedor "{0}" recusa a credencial: {1}',
  'broker "{0}" cannot be queried about the credential: {1}':
    'o fornecedor "{0}" não pôde ser consultado sobre a credencial: {1}',
  'Valid: {0}.': 'Válida: {0}.',
  'the credential of "{0}" at "{1}"': 'a credencial de "{0}" em "{1}"',
  'Remove {0}? Campaigns that use it can send nothing more.':
    'Remover {0}? As campanhas que a usam não poderão enviar mais nada.',
  '{0} does not exist': '{0} não existe',
  'See: camp credential list': 'Veja: camp credential list',
  'Removed {0}.': 'Removida: {0}.',
  'The credential of "{0}" at "{1}" is no longer waiting (the wait was until {2}): 1 campaign continues.':
    'A credencial de "{0}" em "{1}" não espera mais (a espera era até {2}): 1 campanha continua.',
  'The credential of "{0}" at "{1}" is no longer waiting (the wait was until {2}): {3} campaigns continue.':
    'A credencial de "{0}" em "{1}" não espera mais (a espera era até {2}): {3} campanhas continuam.',
  'argument {0} after the broker is not of the form key=value':
    'o argumento {0} depois do fornecedor não tem a forma chave=valor',
  '{0} is not a JSON object of keys and values': '{0} não é um objeto JSON de chaves e valores',
  "a wallet's key at a broker: set, show, list, test, unblock":
    'a chave da carteira num fornecedor: set, show, list, test, unblock',
  'add, change or remove keys of a credential': 'adiciona, altera ou remove chaves de uma credencial',
  'a JSON object of keys and values (- for stdin)': 'um objeto JSON de chaves e valores (- é a entrada padrão)',
  "Given keys are merged into the stored ones; an empty value (key=) removes its key. The result is checked against the broker's adapter before it is sealed and stored. Secrets on a command line remain in the shell's history: prefer --file.":
    'As chaves indicadas são somadas às gravadas; um valor vazio (chave=) remove a chave. O resultado é conferido com o adaptador do fornecedor antes de ser lacrado e gravado. Segredos na linha de comando ficam no histórico do shell: prefira --file.',
  'a credential, its secrets masked': 'uma credencial, com os segredos mascarados',
  'the wallets and brokers that have a credential': 'as carteiras e os fornecedores que têm credencial',
  "try a credential with the broker's cheapest read": 'testa uma credencial com a leitura mais barata do fornecedor',
  'end a wait after a rate limit or an outage': 'encerra a espera depois de um limite de ritmo ou de uma queda',
  'A broker that is called too early may refuse again, or count it against the account. After an outage one batch tries first.':
    'Um fornecedor chamado cedo demais pode recusar de novo, ou penalizar a conta. Depois de uma queda, um lote tenta primeiro.',
  'remove a credential': 'remove uma credencial',
  'unknown key {0}': 'chave desconhecida {0}',
  'missing key "{0}"': 'falta a chave "{0}"',
  'CAMP_PUBLIC_URL is http: brokers call back unencrypted, and the token in the URL can be intercepted':
    'CAMP_PUBLIC_URL é http: os retornos dos fornecedores vêm sem criptografia, e o token da URL pode ser interceptado',
  '{0} (required)': '{0} (obrigatória)',
}
