import type { Catalogue } from '../text.ts'

export const LIFECYCLE: Catalogue = {
  'the credential of "{0}" at "{1}" is not waiting for the broker':
    'a credencial de "{0}" em "{1}" não está esperando o fornecedor',
  'cannot approve campaign {0}: it is {1}': 'não é possível aprovar a campanha {0}: ela está {1}',
  'cannot reject campaign {0}: it is {1}': 'não é possível rejeitar a campanha {0}: ela está {1}',
  'cannot void campaign {0}: it is {1}': 'não é possível anular a aprovação da campanha {0}: ela está {1}',
  'cannot run campaign {0}: it is {1}': 'não é possível iniciar a campanha {0}: ela está {1}',
  'cannot pause campaign {0}: it is {1}': 'não é possível pausar a campanha {0}: ela está {1}',
  'cannot resume campaign {0}: it is {1}': 'não é possível retomar a campanha {0}: ela está {1}',
  'cannot fail campaign {0}: it is {1}': 'não é possível marcar falha na campanha {0}: ela está {1}',
  'cannot finish campaign {0}: it is {1}': 'não é possível concluir a campanha {0}: ela está {1}',
  'cannot reopen campaign {0}: it is {1}': 'não é possível reabrir a campanha {0}: ela está {1}',
  'cannot retry campaign {0}: it is {1}': 'não é possível reenviar falhas da campanha {0}: ela está {1}',
  'cannot cancel campaign {0}: it is {1}': 'não é possível cancelar a campanha {0}: ela está {1}',
  'cannot archive campaign {0}: it is {1}': 'não é possível arquivar a campanha {0}: ela está {1}',
  'It is waiting for approval: an ADMIN runs camp campaign approve {0} (or reject).':
    'Ela espera aprovação: um ADMIN executa camp campaign approve {0} (ou reject).',
  'It is approved, but not started. When it starts: camp campaign show {0}; to start it: camp campaign run {1}':
    'Ela está aprovada, mas não iniciada. Quando começa: camp campaign show {0}; para iniciar: camp campaign run {1}',
  'It is being sent. To stop it: camp campaign pause {0}':
    'Ela está sendo enviada. Para parar: camp campaign pause {0}',
  'It is paused. To continue it: camp campaign resume {0}':
    'Ela está pausada. Para continuar: camp campaign resume {0}',
  'It is finished: nothing is left to send.': 'Ela terminou: não resta nada a enviar.',
  'It failed. The cause: camp campaign show {0}; to continue after the cause is fixed: camp campaign resume {1}':
    'Ela falhou. A causa: camp campaign show {0}; para continuar depois de corrigir: camp campaign resume {1}',
  'It is cancelled. For a new campaign, import the file again.':
    'Ela está cancelada. Para uma nova campanha, importe o arquivo de novo.',
  'Another system sent it: it is kept as history, and none of its messages is ever sent.':
    'Outro sistema a enviou: fica como histórico, e nenhuma de suas mensagens é enviada.',
}
