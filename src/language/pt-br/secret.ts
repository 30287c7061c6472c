import type { Catalogue } from '../text.ts'

export const SECRET: Catalogue = {
  'the secret that seals credentials: rotate, reset': 'o segredo que lacra as credenciais: rotate, reset',
  'seal everything with a new secret (ADMIN)': 'lacra tudo com um novo segredo (ADMIN)',
  'a file with the new secret (- for stdin)': 'um arquivo com o novo segredo (- é a entrada padrão)',
  'generate a secret (with DATABASE_URL: into the --file)': 'gera um segredo (com DATABASE_URL: no arquivo de --file)',
  'The old secret is CAMP_SECRET, or the one that embedded mode stores in CAMP_HOME. Without --file and --generate the new one is asked for; embedded mode generates and stores it. One transaction: run again after a crash, it has happened or it has not, and says so. Existing sessions, CAMP_TOKENs and webhook URLs are void. Step by step: docs/security.md':
    'O segredo antigo é CAMP_SECRET, ou o que o modo embutido guarda em CAMP_HOME. Sem --file nem --generate o novo é perguntado; o modo embutido o gera e guarda. É uma só transação: execute de novo depois de uma queda; ou aconteceu ou não, e o comando diz qual. As sessões, os CAMP_TOKENs e as URLs de webhook existentes perdem a validade. Passo a passo: docs/security.md',
  'the secret is lost: adopt the configured one (ADMIN)': 'o segredo se perdeu: adota o que está configurado (ADMIN)',
  'It asks for the password of an ADMIN. Sealed values cannot be read any more: set each credential again, with all its keys (camp credential set).':
    'Pede a senha de um ADMIN. Os valores lacrados não podem mais ser lidos: defina de novo cada credencial, com todas as chaves (camp credential set).',
  'Nothing to do: {0} is the secret of this database.': 'Nada a fazer: {0} é o segredo deste banco.',
  'Use {0} as the secret of this database? Values sealed with another secret cannot be read any more.':
    'Usar {0} como o segredo deste banco? Valores lacrados com outro segredo não poderão mais ser lidos.',
  'Done: {0} is the secret of this database. Earlier sessions, CAMP_TOKENs and webhook URLs are void.':
    'Feito: {0} é o segredo deste banco. As sessões, os CAMP_TOKENs e as URLs de webhook anteriores perderam a validade.',
  'Set these credentials again, with all their keys:': 'Defina de novo estas credenciais, com todas as chaves:',
  'Use the e-mail of an ADMIN.': 'Use o e-mail de um ADMIN.',
  'E-mail of an ADMIN': 'E-mail de um ADMIN',
  'Add it: camp secret reset EMAIL': 'Acrescente-o: camp secret reset EMAIL',
  'the new secret': 'o novo segredo',
  'Use another one.': 'Use outro.',
  'Seal everything with a new secret? Existing sessions, CAMP_TOKENs and webhook URLs become void.':
    'Lacrar tudo com um novo segredo? As sessões, os CAMP_TOKENs e as URLs de webhook existentes perdem a validade.',
  'The rotation is already done: everything is sealed with this secret. It is stored in {0}.':
    'A rotação já foi feita: tudo está lacrado com este segredo. Ele está guardado em {0}.',
  'The rotation is already done: everything is sealed with this secret. Set CAMP_SECRET to it on every machine.':
    'A rotação já foi feita: tudo está lacrado com este segredo. Defina CAMP_SECRET com ele em todas as máquinas.',
  'Rotated: 1 credential is sealed with the new secret.':
    'Rotação feita: 1 credencial está lacrada com o novo segredo.',
  'Rotated: {0} credentials are sealed with the new secret.':
    'Rotação feita: {0} credenciais estão lacradas com o novo segredo.',
  'Void from now on:': 'Perdem a validade a partir de agora:',
  'every session (camp login) and every CAMP_TOKEN (camp user token EMAIL)':
    'toda sessão (camp login) e todo CAMP_TOKEN (camp user token EMAIL)',
  "every broker's webhook URL, and callbacks for messages sent before; give the new URLs to the brokers:":
    'toda URL de webhook dos fornecedores, e os retornos de mensagens já enviadas; dê as novas URLs aos fornecedores:',
  '(no broker of this installation calls back)': '(nenhum fornecedor desta instalação envia retornos)',
  'Unchanged: credentials, users and their passwords, campaigns, approvals.':
    'Sem mudança: credenciais, usuários e suas senhas, campanhas, aprovações.',
  'Workers with the old secret send nothing more, and stop.':
    'Workers com o segredo antigo não enviam mais nada, e param.',
  'The new secret is stored in {0}.': 'O novo segredo está guardado em {0}.',
  'Set CAMP_SECRET to the new secret on every machine (it is in {0}), and start the workers again.':
    'Defina CAMP_SECRET com o novo segredo em todas as máquinas (está em {0}) e inicie os workers de novo.',
  'Set CAMP_SECRET to the new secret on every machine, and start the workers again.':
    'Defina CAMP_SECRET com o novo segredo em todas as máquinas e inicie os workers de novo.',
  '--generate writes to a file, and - is stdin': '--generate grava num arquivo, e - é a entrada padrão',
  '--generate with DATABASE_URL or CAMP_SECRET requires --file, to which the new secret is written':
    '--generate com DATABASE_URL ou CAMP_SECRET exige --file, em que o novo segredo é gravado',
  'The file is written before the database, so that a crash cannot lose it: camp secret rotate --generate --file new-secret':
    'O arquivo é gravado antes do banco, para que uma queda não o perca: camp secret rotate --generate --file new-secret',
  'the new secret is missing': 'falta o novo segredo',
  'Set it with --file FILE (- is stdin), or generate it: --generate --file FILE':
    'Indique com --file ARQUIVO (- é a entrada padrão), ou gere: --generate --file ARQUIVO',
  'New secret': 'Novo segredo',
  Again: 'De novo',
  'the two inputs differ: nothing was changed': 'as duas entradas são diferentes: nada mudou',
  'To generate a new secret in this file: --generate': 'Para gerar um novo segredo neste arquivo: --generate',
  '{0}: a secret has at least 16 characters': '{0}: um segredo tem no mínimo 16 caracteres',
  '{0}: a secret is one line, without spaces at its start or end':
    '{0}: um segredo é uma só linha, sem espaços no começo ou no fim',
  '{0} is not the secret of this database: nothing was changed': '{0} não é o segredo deste banco: nada mudou',
  'the secret in {0}': 'o segredo em {0}',
  'Restore that file from a backup of CAMP_HOME, or set CAMP_SECRET to what this database was sealed with (docs/security.md).':
    'Restaure esse arquivo de um backup de CAMP_HOME, ou defina CAMP_SECRET com o que lacrou este banco (docs/security.md).',
  'Set CAMP_SECRET to the secret of the other machines, after camp secret rotate the new one (docs/security.md).':
    'Defina CAMP_SECRET com o segredo das outras máquinas; depois de camp secret rotate, com o novo (docs/security.md).',
  'Without CAMP_SECRET in the environment the secret is the one kept in {0} (docs/security.md).':
    'Sem CAMP_SECRET no ambiente, o segredo é o guardado em {0} (docs/security.md).',
  '{0} is missing: nothing was changed': 'falta {0}: nada mudou',
  'whether an ADMIN may approve a campaign that they imported themselves':
    'se um ADMIN pode aprovar uma campanha que ele mesmo importou',
  'Add another ADMIN: camp user add. Or allow importers to approve their own: camp setting set self-approval allow':
    'Adicione outro ADMIN: camp user add. Ou permita que quem importa aprove as próprias: camp setting set self-approval allow',
  '{0} is no ADMIN, and this command requires one': '{0} não é ADMIN, e este comando exige um',
}
