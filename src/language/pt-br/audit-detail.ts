import type { Catalogue } from '../text.ts'

/** Words of the audit's details (src/cli/commands/audit/detail-text.ts). */
export const AUDIT_DETAIL: Catalogue = {
  rows: 'linhas',
  'to send': 'a enviar',
  remarks: 'observações',
  'cost of one': 'custo de uma',
  'without the frequency cap': 'sem limite de frequência',
  'own import': 'importação própria',
  amount: 'valor',
  messages: 'mensagens',
  entry: 'lançamento',
  keys: 'chaves',
  phones: 'telefones',
  documents: 'documentos',
  'e-mail': 'e-mail',
  'standing approval': 'aprovação permanente',
  'approved by': 'aprovada por',
  before: 'antes',
  stopped: 'paradas',
  decision: 'decisão',
  billing: 'cobrança',
  value: 'valor',
}
