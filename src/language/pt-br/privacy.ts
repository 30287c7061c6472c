import type { Catalogue } from '../text.ts'

export const PRIVACY: Catalogue = {
  leads: 'contatos',
  'last sends': 'últimos envios',
  released: 'liberado',
  'audit entries': 'registros da auditoria',
  'Nothing was written: this was a dry run.': 'Nada foi gravado: foi só uma simulação.',
  "Erase the person's data in {0} lead(s)? It cannot be restored.":
    'Apagar os dados da pessoa em {0} contato(s)? Não há como restaurá-los.',
  '{0} more leads have the same phones: to erase them, add --phone':
    'mais {0} contatos têm os mesmos telefones: para apagá-los, acrescente --phone',
  '{0} callbacks are not applied yet and stay: erase again when they are':
    '{0} retornos ainda não foram aplicados e ficam: apague de novo quando forem',
  '{0}, of these cancelled: {1}': '{0}, dos quais cancelados: {1}',
  campaigns: 'campanhas',
  '{0} deleted, {1} not applied yet': '{0} apagados, {1} ainda não aplicados',
  '{0} deleted, {1} within 24 hours stay': '{0} apagados, {1} das últimas 24 horas ficam',
  blocklist: 'lista de bloqueio',
  '{0} entries stay, without their reason': '{0} entradas ficam, sem o motivo',
  'same phones': 'mesmos telefones',
  '{0} other leads': '{0} outros contatos',
  'the data of one person: export, erase': 'os dados de uma pessoa: export, erase',
  'everything camp has about a person (ADMIN)': 'tudo o que o camp tem sobre uma pessoa (ADMIN)',
  'a Brazilian number, however it is written': 'um número brasileiro, em qualquer formato',
  'a CPF or CNPJ': 'um CPF ou CNPJ',
  "replace a person's data in all campaigns (ADMIN)": 'substitui os dados de uma pessoa em todas as campanhas (ADMIN)',
  'show the result and write nothing': 'mostra o resultado e não grava nada',
  'With --json: also the columns of the files, callbacks and audit entries.':
    'Com --json: também as colunas dos arquivos, os retornos e os registros da auditoria.',
  'Statuses, costs and blocklist entries stay. Messages that wait are cancelled; one that is being sent, or is in doubt, must end first. docs/lgpd.md':
    'Status, custos e entradas da lista de bloqueio ficam. Mensagens em espera são canceladas; uma que está sendo enviada, ou em dúvida, precisa terminar antes. docs/lgpd.md',
  'Replace the personal data of {0} leads of {1} campaigns? It cannot be restored.':
    'Substituir os dados pessoais de {0} contatos de {1} campanhas? Não há como restaurá-los.',
  left: 'restam',
  '{0} campaigns with leads in doubt or to be sent': '{0} campanhas com contatos em dúvida ou a enviar',
  'replace the personal data of old campaigns (ADMIN)': 'substitui os dados pessoais de campanhas antigas (ADMIN)',
  'campaigns that ended before: 180d': 'campanhas que terminaram antes de: 180d',
  'Statuses, costs, attempts, the ledger and the audit stay. An interrupted run is continued by the next one. docs/lgpd.md':
    'Status, custos, tentativas, o extrato e a auditoria ficam. Uma execução interrompida é continuada pela próxima. docs/lgpd.md',
  'the table cannot be written to {0}': 'a tabela não pode ser gravada em {0}',
  'Choose another path with {0}.': 'Escolha outro caminho com {0}.',
  'camp has no data to erase with this phone or document':
    'o camp não tem dados a apagar com este telefone ou documento',
  '{0} messages to this person are being sent or in doubt, in {1}':
    '{0} mensagens para esta pessoa estão sendo enviadas ou em dúvida, em {1}',
  'Wait until they are sent; decide on those in doubt: camp campaign resolve {0}':
    'Espere até que sejam enviadas; decida sobre as que estão em dúvida: camp campaign resolve {0}',
  'camp has no data with this phone or document': 'o camp não tem dados com este telefone ou documento',
}
