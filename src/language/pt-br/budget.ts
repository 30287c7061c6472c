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
  'ask the ADMINs; set the correct limit with camp budget set':
    'pergunte aos ADMINs; defina o limite correto com camp budget set',
  'pause the campaign, and ask the user it names': 'pause a campanha e pergunte ao usuário que ela indica',
  '"{0}" is negative: an amount is at least 0': '"{0}" é negativo: um valor é no mínimo 0',
  '"{0}" is not an amount with at most {1} decimals': '"{0}" não é um valor com no máximo {1} casas decimais',
  'Write it as 1500.00 or 1.500,00.': 'Escreva 1500.00 ou 1.500,00.',
  'Write it as 0.0450 or 0,0450.': 'Escreva 0.0450 ou 0,0450.',
  '"{0}" is not a month': '"{0}" não é um mês',
  'Write it as YYYY-MM: 2026-11.': 'Escreva AAAA-MM: 2026-11.',
  '{0} difference(s) found': 'diferenças encontradas: {0}',
  'Stop the workers, keep a copy of the database, and see docs/reliability.md, "When the budget audit finds a difference".':
    'Pare os workers, guarde uma cópia do banco, e veja docs/reliability.md, "When the budget audit finds a difference".',
  'Forget the checkpoint that this machine has seen? Do this only after you have restored a backup.':
    'Esquecer o ponto de verificação que esta máquina viu? Só faça isso depois de restaurar um backup.',
  'no checkpoint yet': 'ainda não há ponto de verificação',
  '{0} {1}, expected {2} ({3})': '{0} {1}, esperado {2} ({3})',
  'note: {0}': 'nota: {0}',
  'the used amount ({0}) exceeds this limit: nothing more is sent in {1}.':
    'o valor usado ({0}) passa deste limite: nada mais é enviado em {1}.',
  'Budget of "{0}" for {1}: {2} (used {3}).': 'Orçamento de "{0}" para {1}: {2} (usado {3}).',
  month: 'mês',
  budget: 'orçamento',
  used: 'usado',
  committed: 'comprometido',
  available: 'disponível',
  'Set one: camp budget set WALLET YYYY-MM AMOUNT': 'Defina um: camp budget set CARTEIRA AAAA-MM VALOR',
  'sets one': 'pode definir',
  MONTH: 'MÊS',
  BUDGET: 'ORÇAMENTO',
  USED: 'USADO',
  'No budgets yet. {0}': 'Ainda não há orçamentos. {0}',
  WHEN: 'QUANDO',
  KIND: 'TIPO',
  AMOUNT: 'VALOR',
  MESSAGES: 'MENSAGENS',
  BATCH: 'LOTE',
  'The budget of "{0}" for {1} has no ledger entries.': 'O orçamento de "{0}" para {1} não tem lançamentos.',
  'wallet "{0}" has no budget for {1}': 'a carteira "{0}" não tem orçamento para {1}',
  'An ADMIN sets it: camp budget set "{0}" {1} AMOUNT': 'Um ADMIN o define: camp budget set "{0}" {1} VALOR',
  'set the limit of a month (YYYY-MM): 1500.00 or 1.500,00': 'define o limite de um mês (AAAA-MM): 1500.00 ou 1.500,00',
  'limit, used, committed and available': 'limite, usado, comprometido e disponível',
  'all budgets': 'todos os orçamentos',
  "one wallet's": 'os de uma carteira',
  'check that budgets, ledger, batches, leads and records agree':
    'confere se orçamentos, extrato, lotes, contatos e registros batem',
  'print the newest checkpoint, to keep it elsewhere': 'mostra o ponto de verificação mais novo, para guardar à parte',
  'compare with a head that was printed before (NUMBER:HASH)': 'compara com um topo mostrado antes (NÚMERO:HASH)',
  'after a restore: remember the newest checkpoint (ADMIN)': 'após uma restauração: memoriza o ponto mais novo (ADMIN)',
  'every entry that a command writes has a batch, or an audited adjustment: find out who wrote this entry':
    'todo lançamento feito por um comando tem um lote ou um ajuste auditado: descubra quem gravou este lançamento',
  "a wallet's month: set, adjust, show, list, ledger, audit":
    'o mês de uma carteira: set, adjust, show, list, ledger, audit',
  'each reservation, release and adjustment of its budget': 'cada reserva, devolução e ajuste do orçamento',
  'What the audit finds, and what it cannot find: docs/security.md, "Records that show a change". Heads that are kept elsewhere: camp audit verify.':
    'O que a conferência encontra, e o que não encontra: docs/security.md, "Records that show a change". Topos guardados em outro lugar: camp audit verify.',
  'No difference. Compared: budgets {0}, batches {1}, ledger entries {2}, checkpoints {3}.':
    'Nenhuma diferença. Comparados: orçamentos {0}, lotes {1}, lançamentos {2}, pontos de verificação {3}.',
  '"{0}" may be thousands or a fraction': '"{0}" pode ser milhares ou uma fração',
  'Write it as 1234.00 or 1.2340.': 'Escreva 1234.00 ou 1.2340.',
}
