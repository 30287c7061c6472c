import type { Catalogue } from '../text.ts'

/** Findings of an audit, and refused rows of the old system (src/language/stored/records.ts, src/language/stored/legacy.ts). */
export const STORED_RECORDS: Catalogue = {
  'checkpoint {0} is missing: compare with an earlier backup':
    'falta o ponto de verificação {0}: compare com um backup anterior',
  'checkpoints {0} to {1} are missing: compare with an earlier backup':
    'faltam os pontos de verificação {0} a {1}: compare com um backup anterior',
  'checkpoint {0} does not follow from the one before it: compare with an earlier backup':
    'o ponto de verificação {0} não decorre do anterior: compare com um backup anterior',
  'checkpoint {0} was changed: compare with an earlier backup':
    'o ponto de verificação {0} foi alterado: compare com um backup anterior',
  '{0}: {1} of checkpoint {2}, deleted since: compare with an earlier backup':
    '{0}: {1} do ponto de verificação {2}, excluídas depois: compare com um backup anterior',
  '{0}: empty, and without a checkpoint, after row {1}: compare with an earlier backup':
    '{0}: vazia, e sem ponto de verificação, depois da linha {1}: compare com um backup anterior',
  '{0} was changed after it was written: compare with an earlier backup':
    '{0}: alterado depois de gravado: compare com um backup anterior',
  '{0}: {1} more rows of checkpoint {2} were changed: compare with an earlier backup':
    '{0}: mais {1} linhas do ponto de verificação {2} foram alteradas: compare com um backup anterior',
  '{0}: the rows of checkpoint {1} are not those that it covers: compare with an earlier backup':
    '{0}: as linhas do ponto de verificação {1} não são as que ele cobre: compare com um backup anterior',
  'checkpoint {0}, the newest, is not signed with this secret: compare with a head that was kept elsewhere':
    'o ponto de verificação {0}, o mais novo, não está assinado com este segredo: compare com um topo guardado em outro lugar',
  '{0} was not written by camp, or with another secret: ask the user it names, and undo the change it claims':
    '{0}: não foi gravado pelo camp, ou foi com outro segredo: pergunte ao usuário que ele cita, e desfaça a mudança que ele afirma',
  '{0} was inserted outside of the checkpoints: find out by whom, and undo the change it claims':
    '{0}: inserido fora dos pontos de verificação: descubra por quem, e desfaça a mudança que ele afirma',
  '{0}: {1} more rows were inserted outside of the checkpoints':
    '{0}: mais {1} linhas foram inseridas fora dos pontos de verificação',
  'checkpoint {0} does not exist, and there is none: records are missing since':
    'o ponto de verificação {0} não existe, e não há nenhum: faltam registros desde então',
  'checkpoint {0} does not exist, the newest is {1}: records are missing since':
    'o ponto de verificação {0} não existe, o mais novo é {1}: faltam registros desde então',
  'checkpoint {0} differs from the one that was kept: the records were rewritten':
    'o ponto de verificação {0} difere do que foi guardado: os registros foram reescritos',
  '{0} (this machine has seen it; if you restored a backup: camp audit verify --accept-head)':
    '{0} (esta máquina já o viu; se você restaurou um backup: camp audit verify --accept-head)',
  '{0} (by --expect; compare with a backup from that time)': '{0} (por --expect; compare com um backup daquela época)',
  'ledger entry {0}': 'lançamento {0}',
  'audit event {0} ({1} of {2} {3})': 'evento de auditoria {0} ({1} de {2} {3})',
  'lead event {0} ({1} of campaign {2}, batch {3}, seq {4})':
    'evento de contato {0} ({1} da campanha {2}, lote {3}, seq {4})',
  'row {0}': 'a linha {0}',
  'rows {0} and {1} more': 'as linhas {0} e mais {1}',
  'rows {0}': 'as linhas {0}',
  none: 'nenhum',
  '{0}: {1}: their checkpoint is missing, so they are not proved':
    '{0}: {1}: falta o seu ponto de verificação, por isso não estão provadas',
  'camp secret reset at {0} (checkpoint {1}): older records are proved only by a head kept elsewhere':
    'camp secret reset em {0} (ponto de verificação {1}): registros mais antigos só se provam por um topo guardado em outro lugar',
  'checkpoint {0}: who wrote {1} events just before the reset is not proved':
    'ponto de verificação {0}: não se prova quem gravou {1} eventos logo antes do reset',
  '{0} audit events are from before events were signed':
    '{0} eventos de auditoria são de antes de os eventos serem assinados',
  'its id is not a whole number up to 2147483647': 'seu id não é um número inteiro até 2147483647',
  'it has no agendamento_id': 'não tem agendamento_id',
  'the status {0}': 'o status {0}',
  'it has no status': 'não tem status',
  'no wallet has its id_carteira or its idgis_ambiente': 'nenhuma carteira tem seu id_carteira ou seu idgis_ambiente',
  'its data_cadastro or data_disparo is not a date and a time': 'sua data_cadastro ou data_disparo não é data e hora',
  '{0} has a byte that is no character': '{0} tem um byte que não é um caractere',
  '{0} has a NUL, which cannot be stored': '{0} tem um NUL, que não pode ser gravado',
  'its id_carteira is empty': 'seu id_carteira está vazio',
  'its name cannot be used': 'seu nome não pode ser usado',
  'another wallet of this import has the idgis number {0}': 'outra carteira desta importação tem o número idgis {0}',
  'a wallet with its name has the idgis number {0}, not {1}':
    'uma carteira com seu nome tem o número idgis {0}, não {1}',
  'no message has its idgis number: --idgis {0}=NUMBER': 'nenhuma mensagem tem seu número idgis: --idgis {0}=NÚMERO',
  'its messages have the idgis numbers {0}: --idgis {1}=NUMBER':
    'suas mensagens têm os números idgis {0}: --idgis {1}=NÚMERO',
  'the price of {0} is not an amount above 0': 'o preço de {0} não é um valor acima de 0',
  'no adapter is known for the provider {0}: --broker {1}=BROKER':
    'nenhum adaptador é conhecido para o fornecedor {0}: --broker {1}=FORNECEDOR',
  'the old system has no price for it: camp broker add {0} --adapter {1} --cost PRICE':
    'o sistema antigo não tem preço para ele: camp broker add {0} --adapter {1} --cost PREÇO',
  'several brokers have the adapter {0}: --broker {1}=BROKER':
    'vários fornecedores têm o adaptador {0}: --broker {1}=FORNECEDOR',
  'it is not what PHP serializes': 'não é o que o PHP serializa',
  'no wallet has this idgis number or id': 'nenhuma carteira tem este número idgis ou id',
  'another entry is for the same wallet and broker': 'outra entrada é da mesma carteira e do mesmo fornecedor',
  'keys that {0} does not have: {1}': 'chaves que {0} não tem: {1}',
  'it has no month and year': 'não tem mês e ano',
  'its orcamento_total is not an amount': 'seu orcamento_total não é um valor',
  'no wallet has its base': 'nenhuma carteira tem sua base',
  'several wallets have its base': 'várias carteiras têm sua base',
  'camp has another limit for {0}, which stays': 'o camp tem outro limite para {0}, que permanece',
  'it is switched off': 'está desativada',
  'it has no valid phone': 'não tem telefone válido',
  'its tipo is neither telefone nor cpf': 'seu tipo não é telefone nem cpf',
  '{0} in the old system': '{0} no sistema antigo',
  'sent by the old system': 'enviada pelo sistema antigo',
}
