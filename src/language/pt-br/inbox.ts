import type { Catalogue } from '../text.ts'

/** camp inbox. */
export const INBOX: Catalogue = {
  'replies of recipients, and decisions about them': 'respostas dos destinatários, e decisões sobre elas',
  'replies of recipients: list, show, handle': 'respostas dos destinatários: list, show, handle',
  'replies that wait for a user, newest first (masked)':
    'respostas que esperam um usuário, as mais novas primeiro, com números mascarados',
  'only replies to campaigns of this wallet': 'só as respostas a campanhas desta carteira',
  'only replies to messages of this broker': 'só as respostas a mensagens deste fornecedor',
  'only replies with this meaning': 'só as respostas com este significado',
  'also those that are handled': 'também as que já foram tratadas',
  'those behind this reply: the next page': 'as que vêm depois desta resposta: a próxima página',
  'a reply with its phone, its text and what decided': 'uma resposta com seu telefone, seu texto e o que decidiu',
  'its ID in the list': 'seu ID na lista',
  'mark replies as handled, or correct their meaning': 'marca respostas como tratadas, ou corrige seu significado',
  'their IDs in the list': 'seus IDs na lista',
  'what they mean': 'o que significam',
  'opt-out and wrong-person block the phone. No decision unblocks: camp blocklist remove --phone (ADMIN).':
    'opt-out e wrong-person bloqueiam o telefone. Nenhuma decisão desbloqueia: camp blocklist remove --phone (ADMIN).',
  'It must be a number from camp inbox list.': 'Precisa ser um número de camp inbox list.',
  RECEIVED: 'RECEBIDA',
  MEANING: 'SIGNIFICADO',
  TEXT: 'TEXTO',
  HANDLED: 'TRATADA',
  'No matching replies.': 'Nenhuma resposta corresponde.',
  'No reply waits for a user. All of them: camp inbox list --all':
    'Nenhuma resposta espera um usuário. Todas elas: camp inbox list --all',
  'phone unknown': 'telefone desconhecido',
  'phone unknown ({0})': 'telefone desconhecido ({0})',
  reply: 'resposta',
  replies: 'respostas',
  meaning: 'significado',
  '{0}, corrected from {1}': '{0}, corrigido de {1}',
  'because of': 'por causa de',
  kind: 'tipo',
  button: 'botão',
  "broker's word": 'palavra do fornecedor',
  written: 'escrita',
  received: 'recebida',
  handled: 'tratada',
  'Reply {0} is handled as {1}.': 'A resposta {0} foi tratada como {1}.',
  'Reply {0} is handled as {1}, and its phone is blocked.':
    'A resposta {0} foi tratada como {1}, e seu telefone está bloqueado.',
  'a phone that is blocked stays blocked: to allow it again, camp blocklist remove --phone (ADMIN)':
    'um telefone bloqueado continua bloqueado: para permiti-lo de novo, camp blocklist remove --phone (ADMIN)',
  'there is no reply {0}': 'não há resposta {0}',
  'See: camp inbox list --all': 'Veja: camp inbox list --all',
  '{0}, {1} of them wait for a user: camp inbox list': '{0}, das quais {1} esperam um usuário: camp inbox list',
  '{0} deleted': '{0} apagadas',
  'what a person answers to a message (repeatable)': 'o que uma pessoa responde a uma mensagem (repetível)',
  'asked by a reply not to be contacted': 'pediu em uma resposta para não ser contatada',
  'answered that the phone is not of the person': 'respondeu que o telefone não é da pessoa',
}
