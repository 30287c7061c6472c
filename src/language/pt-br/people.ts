import type { Catalogue } from '../text.ts'

/** Commands about users, the audit and the ledger. */
export const PEOPLE: Catalogue = {
  '{0} is an AUDITOR, who may not change anything: not {1}': '{0} é um AUDITOR, que lê e não altera nada: não pode {1}',
  '{0} is a USER; {1} requires an ADMIN': '{0} é um USER; {1} exige um ADMIN',
  'Ask an ADMIN: {0}': 'Peça a um ADMIN: {0}',
  "change your own password, or (ADMIN) set another user's": 'alterar sua senha ou (ADMIN) definir a de outro usuário',
  'read it from stdin (your own: old password on line 1)': 'ler da entrada padrão (a sua: senha antiga na linha 1)',
  'It ends the sessions and tokens of the user.': 'Encerra as sessões e os tokens do usuário.',
  '{0} has no password yet: the first one cannot be set with a token':
    '{0} ainda não tem senha: a primeira não pode ser definida com um token',
  'An ADMIN sets it: camp user password {0}': 'Um ADMIN define: camp user password {0}',
  'stdin must contain two lines: the old password, then the new one':
    'a entrada padrão deve ter duas linhas: a senha antiga e depois a nova',
  'stdin must contain one line: the new password': 'a entrada padrão deve ter uma linha: a senha nova',
  'New password': 'Senha nova',
  'Old password': 'Senha antiga',
  Again: 'De novo',
  'the two inputs differ: nothing was changed': 'as duas senhas são diferentes: nada mudou',
  "The audit records that you set {0}'s password, with all their actions until they set their own.":
    'A auditoria registra que você definiu a senha de {0}, em todas as ações até que defina a própria.',
  'Your password is changed. Your sessions and tokens have ended: camp login {0}':
    'Sua senha foi alterada. Suas sessões e seus tokens foram encerrados: camp login {0}',
  'The password of {0} is set. Their sessions and tokens have ended.':
    'A senha de {0} foi definida. Suas sessões e seus tokens foram encerrados.',
  '"{0}" changes nothing': '"{0}" não altera nada',
  'only {0} is used: {1} is too much': 'só {0} foi usado: {1} é demais',
  'correct what a month has used (ADMIN): 12.30 or -12,30': 'corrigir o usado de um mês (ADMIN): 12.30 ou -12,30',
  'why, for the ledger and the audit': 'o motivo, para o extrato e a auditoria',
  'For messages that camp did not send, or a bill that differs. Write -- before a negative amount. Beyond the limit of the month it asks first; --yes answers.':
    'Para mensagens que o camp não enviou, ou uma fatura diferente. Escreva -- antes de um valor negativo. Acima do limite do mês pergunta antes; --yes responde.',
  'The used amount would exceed the limit of {0}, and nothing more would be sent in {1}. Adjust it by {2}?':
    'O valor usado passaria do limite de {0}, e nada mais seria enviado em {1}. Ajustar em {2}?',
  'A reason is a text of 1 to 200 characters on one line.': 'Um motivo é um texto de 1 a 200 caracteres em uma linha.',
  'Adjusted the budget of "{0}" for {1} by {2}: used {3} of {4}.':
    'Orçamento de "{0}" de {1} ajustado em {2}: usado {3} de {4}.',
  ADJUSTED: 'AJUSTADO',
  WHO: 'QUEM',
  'only on this: an ID, a handle, an e-mail or a name': 'só sobre isto: um ID, um código, um e-mail ou um nome',
  'from this day or time on (CAMP_TIMEZONE)': 'a partir deste dia ou hora (CAMP_TIMEZONE)',
  'up to and with this day, or before this time': 'até este dia, inclusive, ou antes desta hora',
  'write recorded actions to a file (ADMIN, AUDITOR)': 'gravar as ações registradas em um arquivo (ADMIN, AUDITOR)',
  'check that no record was changed, deleted or inserted':
    'conferir que nenhum registro foi alterado, apagado ou inserido',
  'Exit code: 6 if a record was changed. What it finds, and what it cannot find: docs/security.md, "Records that show a change".':
    'Código de saída: 6 se um registro foi alterado. O que encontra, e o que não: docs/security.md, "Records that show a change".',
  'the export needs a file': 'a exportação precisa de um arquivo',
  'Name it with --csv FILE or --xlsx FILE; --csv - writes to stdout.':
    'Indique-o com --csv ARQUIVO ou --xlsx ARQUIVO; --csv - grava na saída padrão.',
  'no checkpoint yet': 'ainda não há ponto de verificação',
  'Nothing was changed: {0} checkpoints of audit, ledger and attempts agree.':
    'Nada foi alterado: {0} pontos de verificação de auditoria, extrato e tentativas conferem.',
  'note: {0}': 'nota: {0}',
  '{0} finding(s): records were changed, deleted or inserted':
    '{0} achado(s): registros foram alterados, apagados ou inseridos',
  'Stop the workers, keep a copy of the database, and compare with a backup (docs/security.md).':
    'Pare os workers, guarde uma cópia do banco e compare com um backup (docs/security.md).',
  'Forget the checkpoint that this machine has seen? Do this only after you have restored a backup.':
    'Esquecer o ponto de verificação que esta máquina viu? Só faça isso depois de restaurar um backup.',
  '{0} is a USER; this command requires an ADMIN or an AUDITOR':
    '{0} é USER; este comando exige um ADMIN ou um AUDITOR',
}
