import type { Catalogue } from '../text.ts'

/** The meanings and cures of brokers' codes (src/broker/*), but for Meta's and Twilio's. */
export const BROKER_CODES: Catalogue = {
  'not in the table of codes': 'não está na tabela de códigos',
  'the message has no text': 'a mensagem não tem texto',
  'the contact has no name': 'o contato não tem nome',

  'CromosApp refuses the import': 'a CromosApp recusa a importação',
  'CromosApp refuses the key, the team or a permission': 'a CromosApp recusa a chave, a equipe ou uma permissão',
  'Compare api_key and the wallet’s --idgis with the account at CromosApp; then resume.':
    'Compare api_key e o --idgis da carteira com a conta na CromosApp; depois retome.',
  'the wallet has no team code at CromosApp': 'a carteira não tem código de equipe na CromosApp',
  'Set it: camp wallet set WALLET --idgis N; then resume.':
    'Configure-o: camp wallet set CARTEIRA --idgis N; depois retome.',
  'CromosApp refuses the request': 'a CromosApp recusa a requisição',
  'CromosApp refuses a value of the request': 'a CromosApp recusa um valor da requisição',
  'CromosApp does not accept the key': 'a CromosApp não aceita a chave',
  'Set its api_key (camp credential set); then resume.': 'Configure a api_key (camp credential set); depois retome.',
  'CromosApp does not allow it': 'a CromosApp não permite isso',
  'Ask CromosApp for the permission; then resume.': 'Peça a permissão à CromosApp; depois retome.',

  'GOSAC refuses the request': 'a GOSAC recusa a requisição',
  'GOSAC refuses a value of the request': 'a GOSAC recusa um valor da requisição',
  'GOSAC does not accept the token': 'a GOSAC não aceita o token',
  'Set its token (camp credential set); then resume.': 'Configure o token (camp credential set); depois retome.',
  'GOSAC does not allow it': 'a GOSAC não permite isso',
  'Ask GOSAC for the permission; then resume.': 'Peça a permissão à GOSAC; depois retome.',
  'GOSAC has no such address': 'a GOSAC não tem esse endereço',
  'Set its url (camp credential set); then resume.': 'Configure a url (camp credential set); depois retome.',

  'NOAH refuses the contact': 'a NOAH recusa o contato',
  'NOAH refuses the request': 'a NOAH recusa a requisição',
  'NOAH does not accept the token': 'a NOAH não aceita o token',

  'the recipient or a value is not valid': 'o destinatário ou um valor não é válido',
  'the person is on Ótima’s list of people who want no messages':
    'a pessoa está na lista da Ótima de quem não quer mensagens',
  'Ótima has had this message before': 'a Ótima já tinha recebido esta mensagem',
  'the message was cancelled': 'a mensagem foi cancelada',
  'the recipient is not available on this channel': 'o destinatário não está disponível neste canal',
  'the message was not sent': 'a mensagem não foi enviada',
  'the message was not delivered': 'a mensagem não foi entregue',
  'a value of the request is missing or not valid': 'um valor da requisição falta ou não é válido',
  'Compare broker_code, customer_code and template_code with those at Ótima; then resume.':
    'Compare broker_code, customer_code e template_code com os da Ótima; depois retome.',
  'Ótima does not accept the token': 'a Ótima não aceita o token',
  'Ótima does not know the customer or the broker code': 'a Ótima não conhece o cliente ou o código do fornecedor',
  'Ótima takes no requests from this machine’s address': 'a Ótima não aceita requisições do endereço desta máquina',
  'Have Ótima list the address; then resume.': 'Peça à Ótima para liberar o endereço; depois retome.',

  'the data storage of the org is full': 'o armazenamento de dados da org está cheio',
  'free or buy storage in the org': 'libere ou compre armazenamento na org',
  'a limit of the org is reached': 'um limite da org foi atingido',
  'see the limit that the message names, in the setup of the org':
    'veja na configuração da org o limite que a mensagem cita',
  'the org has no such field, or the user does not see it': 'a org não tem esse campo, ou o usuário não o vê',
  'compare object, field_* and extra_fields of the credential with the API names in the org: camp credential set':
    'compare object, field_* e extra_fields da credencial com os nomes de API na org: camp credential set',
  'the org has no such object, or the user does not see it': 'a org não tem esse objeto, ou o usuário não o vê',
  'the org has not switched this function on': 'a org não ativou esta função',
  'give the user of the connected app the right to write these objects and fields':
    'dê ao usuário do app conectado o direito de gravar esses objetos e campos',
  'the API is not switched on for the org or the user': 'a API não está ativada para a org ou o usuário',
  'the API is switched off for this user': 'a API está desativada para este usuário',
  'the token is refused, also a new one': 'o token é recusado, também um novo',
  'test the login: camp credential test': 'teste o login: camp credential test',
  'the address has no such resource': 'o endereço não tem esse recurso',
  'correct url, api_version, object and external_id_field': 'corrija url, api_version, object e external_id_field',
  'the org is under maintenance': 'a org está em manutenção',
  'the server is too busy': 'o servidor está ocupado demais',
  'another process holds the record': 'outro processo está com o registro',
  "the org's API requests of 24 hours are used up": 'as requisições de API da org em 24 horas se esgotaram',
  'the request took the server too long': 'a requisição demorou demais no servidor',
  'a query of the org took too long': 'uma consulta da org demorou demais',
  'the check for duplicates is not available': 'a verificação de duplicados não está disponível',
  'the same record is being written': 'o mesmo registro está sendo gravado',
  'a value is not of the type of its field': 'um valor não é do tipo do seu campo',
  'the user may not write the record': 'o usuário não pode gravar o registro',
  'the user may not use a record that this one refers to': 'o usuário não pode usar um registro ao qual este se refere',
  'a trigger or a flow of the org refuses the record': 'um trigger ou um fluxo da org recusa o registro',
  'compare the validation and duplicate rules of the org with what is sent':
    'compare as regras de validação e de duplicação da org com o que é enviado',
  'a field may not be written': 'um campo não pode ser gravado',
  'the org requires a field that is not sent': 'a org exige um campo que não é enviado',
  'a value does not fit its field': 'um valor não cabe no seu campo',
  'a value is not in the list of its field': 'um valor não está na lista do seu campo',
  'a duplicate rule of the org refuses the record': 'uma regra de duplicação da org recusa o registro',
  'duplicates=save in the credential saves it anyway: several contracts of one person are usual':
    'duplicates=save na credencial o grava mesmo assim: vários contratos de uma pessoa são normais',
  'a field that must be unique has this value in another record':
    'um campo que deve ser único tem este valor em outro registro',
  'a validation rule of the org refuses the record': 'uma regra de validação da org recusa o registro',
  'a value is longer than its field': 'um valor é mais longo que o seu campo',
  'an e-mail address is invalid': 'um endereço de e-mail é inválido',
  'a number is outside the range of its field': 'um número está fora do intervalo do seu campo',

  'the sandbox was told to refuse it': 'o sandbox foi instruído a recusá-la',
  'the sandbox was told not to deliver it': 'o sandbox foi instruído a não entregá-la',
}
