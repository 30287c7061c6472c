import type { Catalogue } from '../text.ts'

export const BUDGET: Catalogue = {
  'compare with camp budget ledger': 'compare com camp budget ledger',
  'compare with camp campaign leads': 'compare com camp campaign leads',
  'compare with camp campaign explain PHONE, and with the bill of the broker':
    'compare com camp campaign explain TELEFONE e com a fatura do fornecedor',
  'compare with camp campaign explain PHONE, and with the broker':
    'compare com camp campaign explain TELEFONE e com o fornecedor',
  'compare with the file that was imported, and with the request of that name at the broker':
    'compare com o arquivo importado e com a requisição desse nome no fornecedor',
  'camp data erase and camp prune record what they erase: find out who changed these leads':
    'camp data erase e camp prune registram o que apagam: descubra quem alterou estes contatos',
  'compare with camp campaign report': 'compare com camp campaign report',
  'compare with the approvals: camp campaign explain': 'compare com as aprovações: camp campaign explain',
  'compare with camp budget ledger of both wallets': 'compare com camp budget ledger das duas carteiras',
  'compare with camp budget ledger of both months': 'compare com camp budget ledger dos dois meses',
  'every entry that a command writes has a batch: find out who wrote this entry':
    'todo lançamento que um comando grava tem um lote: descubra quem gravou este lançamento',
  'ask the ADMINs; set the correct limit with camp budget set':
    'pergunte aos ADMINs; defina o limite correto com camp budget set',
  'pause the campaign, and ask the user it names': 'pause a campanha e pergunte ao usuário que ela indica',
  '"{0}" is negative: an amount is at least 0': '"{0}" é negativo: um valor é no mínimo 0',
  '"{0}" is not an amount with at most {1} decimals': '"{0}" não é um valor com no máximo {1} casas decimais',
  'Write it as 1500.00 or 1.500,00.': 'Escreva 1500.00 ou 1.500,00.',
  'Write it as 0.0450 or 0,0450.': 'Escreva 0.0450 ou 0,0450.',
  '"{0}" is not a month': '"{0}" não é um mês',
  'Write it as YYYY-MM: 2026-11.': 'Escreva AAAA-MM: 2026-11.',
}
