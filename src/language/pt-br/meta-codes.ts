import type { Catalogue } from '../text.ts'

/** The meanings and cures of Meta's codes and of Gupshup's (src/broker/meta-codes.ts, src/broker/gupshup/codes.ts). */
export const META_CODES: Catalogue = {
  'Compare the template and its values with the one at WhatsApp; then resume.':
    'Compare o template e seus valores com o do WhatsApp; depois retome.',
  'Set a valid token with its permissions (camp credential set); then resume.':
    'Configure um token válido com suas permissões (camp credential set); depois retome.',
  'Look at the account in WhatsApp Manager, or ask the broker; then resume.':
    'Veja a conta no Gerenciador do WhatsApp, ou pergunte ao fornecedor; depois retome.',
  'Settle the payment at Meta or at the broker; then resume.':
    'Regularize o pagamento na Meta ou no fornecedor; depois retome.',
  'the app has made too many calls': 'o app fez chamadas demais',
  'the user has made too many calls': 'o usuário fez chamadas demais',
  'the WhatsApp account has reached its rate limit': 'a conta do WhatsApp atingiu seu limite de taxa',
  'the number sends more messages a second than it may': 'o número envia mais mensagens por segundo do que pode',
  'the account is in maintenance': 'a conta está em manutenção',
  'WhatsApp’s server is not available': 'o servidor do WhatsApp não está disponível',
  'an unknown error at Meta': 'um erro desconhecido na Meta',
  'Meta’s service is down': 'o serviço da Meta está fora do ar',
  'Meta could not say what went wrong': 'a Meta não soube dizer o que deu errado',
  'Meta’s service is overloaded or down': 'o serviço da Meta está sobrecarregado ou fora do ar',
  'the recipient is the sender': 'o destinatário é o remetente',
  'not deliverable: not on WhatsApp, an old version of it, or its new terms were not accepted':
    'não pode ser entregue: não está no WhatsApp, usa uma versão antiga, ou não aceitou os novos termos',
  'the recipient is not on the test number’s list': 'o destinatário não está na lista do número de teste',
  'the recipient is part of an experiment of Meta’s, and gets no such messages':
    'o destinatário faz parte de um experimento da Meta, e não recebe mensagens desse tipo',
  'more than 24 hours since the recipient’s last message: only a template may be sent':
    'mais de 24 horas desde a última mensagem do destinatário: só um template pode ser enviado',
  'a type of message that WhatsApp does not support': 'um tipo de mensagem que o WhatsApp não suporta',
  'media of the recipient could not be downloaded': 'uma mídia do destinatário não pôde ser baixada',
  'the recipient can only be reached by a phone number': 'o destinatário só pode ser alcançado por um telefone',
  'the recipient’s identity key is not the known one: WhatsApp was installed again, or another device is used':
    'a chave de identidade do destinatário não é a conhecida: o WhatsApp foi reinstalado, ou é outro aparelho',
  'Meta chose not to deliver it, to keep the number of marketing messages to this person low':
    'a Meta optou por não entregá-la, para limitar as mensagens de marketing a esta pessoa',
  'too many messages to this recipient from this number in a short time':
    'mensagens demais deste número para este destinatário em pouco tempo',
  'the person stopped marketing messages of this sender': 'a pessoa parou as mensagens de marketing deste remetente',
  'a parameter is not valid': 'um parâmetro não é válido',
  'a required parameter is missing': 'falta um parâmetro obrigatório',
  'the value of a parameter is not valid': 'o valor de um parâmetro não é válido',
  'the media of the header could not be uploaded': 'a mídia do cabeçalho não pôde ser enviada',
  'the number of values differs from the template’s': 'o número de valores difere do número do template',
  'the template does not exist in this language, or is not approved':
    'o template não existe neste idioma, ou não está aprovado',
  'the text with its values is too long': 'o texto com seus valores é longo demais',
  'the template’s content violates WhatsApp’s policy': 'o conteúdo do template viola a política do WhatsApp',
  'a value is formatted in a way that the template does not allow':
    'um valor está formatado de um jeito que o template não permite',
  'a value has another format than the template wants': 'um valor tem outro formato que o que o template exige',
  'the template is paused because of low quality': 'o template está pausado por baixa qualidade',
  'Wait until Meta ends the pause, or improve the template; then resume.':
    'Espere até a Meta encerrar a pausa, ou melhore o template; depois retome.',
  'the template is disabled permanently: it was paused too often':
    'o template está desativado para sempre: foi pausado vezes demais',
  'Use another template.': 'Use outro template.',
  'the flow of the template is blocked': 'o flow do template está bloqueado',
  'the token could not be verified': 'o token não pôde ser verificado',
  'the app lacks a capability or permission': 'falta ao app um recurso ou uma permissão',
  'the app lacks a permission': 'falta ao app uma permissão',
  'the sender’s number does not exist, or was deleted': 'o número do remetente não existe, ou foi excluído',
  'the token has expired': 'o token expirou',
  'the token lacks a permission': 'falta ao token uma permissão',
  'the account is restricted or disabled for a violation of policy':
    'a conta está restrita ou desativada por violação da política',
  'the account may not write to people in this country': 'a conta não pode escrever a pessoas deste país',
  'the account is locked: restricted, disabled, or its data could not be verified':
    'a conta está bloqueada: restrita, desativada, ou seus dados não puderam ser verificados',
  'the number has no approved display name': 'o número não tem nome de exibição aprovado',
  'the account has a problem with its payment method': 'a conta tem um problema com sua forma de pagamento',
  'the number is not registered correctly': 'o número não está registrado corretamente',
  'the number is restricted: too many of its messages were blocked or reported as spam':
    'o número está restrito: muitas de suas mensagens foram bloqueadas ou denunciadas como spam',
  'marketing templates are disabled for this route: they must go to Marketing Messages':
    'templates de marketing estão desativados nesta rota: devem ir por Marketing Messages',
  'the account has reached its messaging limit, because templates had the wrong category':
    'a conta atingiu seu limite de mensagens, porque templates tinham a categoria errada',
  'the number must be verified': 'o número precisa ser verificado',
  'the number’s PIN was guessed too often': 'o PIN do número foi tentado vezes demais',
  'the number’s PIN was entered too fast': 'o PIN do número foi digitado rápido demais',
  'the number is not registered': 'o número não está registrado',
  'the account has not accepted WhatsApp’s terms of payment': 'a conta não aceitou os termos de pagamento do WhatsApp',

  'Compare the template with the one at Gupshup; then resume.': 'Compare o template com o da Gupshup; depois retome.',
  'Compare app_name, source and the key with the app at Gupshup (camp credential set); then resume.':
    'Compare app_name, source e a chave com o app na Gupshup (camp credential set); depois retome.',
  'Add credit to the wallet at Gupshup; then resume.': 'Adicione crédito à carteira na Gupshup; depois retome.',
  'an internal error at Gupshup': 'um erro interno da Gupshup',
  'the sender and the app do not belong together': 'o remetente e o app não combinam',
  'the number is not on WhatsApp': 'o número não está no WhatsApp',
  'the balance of the wallet is too low': 'o saldo da carteira é baixo demais',
  'templates are disabled': 'os templates estão desativados',
  'no template matches the message': 'nenhum template corresponde à mensagem',
  'the person has not opted in for templates': 'a pessoa não deu opt-in para templates',
  'the person has not opted in, and no template matches': 'a pessoa não deu opt-in, e nenhum template corresponde',
  'the person has not opted in': 'a pessoa não deu opt-in',
  'the URL of the media is not valid': 'a URL da mídia não é válida',
  'the media is too large': 'a mídia é grande demais',
  'the person has opted out': 'a pessoa deu opt-out',
  'Gupshup limits the rate, and asks to stop sending': 'a Gupshup limita a taxa, e pede para parar o envio',
  'Lower the rate (camp broker set --rate), or ask Gupshup; then resume.':
    'Reduza a taxa (camp broker set --rate), ou pergunte à Gupshup; depois retome.',
  'WhatsApp’s answer was not valid': 'a resposta do WhatsApp não era válida',
  'this type of message needs an app on Meta’s cloud': 'este tipo de mensagem precisa de um app na nuvem da Meta',
  'the template is paused': 'o template está pausado',
  'Wait until the pause ends; then resume.': 'Espere a pausa terminar; depois retome.',
  'Gupshup does not accept the key': 'a Gupshup não aceita a chave',
  'Gupshup does not know this app with this sender': 'a Gupshup não conhece este app com este remetente',
  'callback billing is not enabled for the app': 'a cobrança por callback não está ativada para o app',
  'Have Gupshup enable it; then resume.': 'Peça à Gupshup para ativá-la; depois retome.',
  'the app is not one of Meta’s cloud': 'o app não é da nuvem da Meta',
  'Have Gupshup move the app, or set mode=self-serve; then resume.':
    'Peça à Gupshup para migrar o app, ou configure mode=self-serve; depois retome.',
  'Gupshup does not know the key on this route': 'a Gupshup não conhece a chave nesta rota',
  'Set a key of this account, or mode=partner for a partner’s app (camp credential set); then resume.':
    'Configure uma chave desta conta, ou mode=partner para o app de um parceiro (camp credential set); depois retome.',
  'the template cannot be used': 'o template não pode ser usado',
  'Meta holds the template’s messages until it has judged the first ones':
    'a Meta retém as mensagens do template até avaliar as primeiras',
  'Wait until Meta has judged the template (WhatsApp Manager); then resume.':
    'Espere até a Meta avaliar o template (Gerenciador do WhatsApp); depois retome.',
  'Meta took the message, and says that it is paused': 'a Meta aceitou a mensagem, e diz que está pausada',
  'Look at the template in WhatsApp Manager; then resume.':
    'Veja o template no Gerenciador do WhatsApp; depois retome.',
}
