import type { Catalogue } from '../text.ts'

export const BACKUP: Catalogue = {
  '{0} is there already': '{0} já existe',
  'Name another file, or move this one.': 'Indique outro arquivo, ou mova este.',
  '{0} cannot be written': '{0} não pode ser gravado',
  'Name a file in a folder that this user may write to.':
    'Indique um arquivo numa pasta em que este usuário possa gravar.',
  '{0} is not the manifest of a backup that this camp can read':
    '{0} não é o manifesto de um backup que este camp saiba ler',
  '{0} is not the backup that {1} describes: it was changed, or is incomplete':
    '{0} não é o backup que {1} descreve: foi alterado, ou está incompleto',
  'Copy both files again from where they were made.': 'Copie de novo os dois arquivos de onde foram feitos.',
  'there is no {0}': 'não há {0}',
  'A backup is two files: the one that camp backup was given, and the same name with .json.':
    'Um backup são dois arquivos: o que foi indicado ao camp backup, e o mesmo nome com .json.',
  'the backup is of a newer camp ({0}, {1})': 'o backup é de um camp mais novo ({0}, {1})',
  '{0} is not the secret of this backup: nothing was changed': '{0} não é o segredo deste backup: nada mudou',
  "the database has {0} tables that are not camp's": 'o banco tem {0} tabelas que não são do camp',
  'Create a database for camp, and name it in DATABASE_URL.': 'Crie um banco para o camp e indique-o em DATABASE_URL.',
  '{0} worker(s) are active on this database': 'workers ativos neste banco: {0}',
  'Stop them on every machine: systemctl stop camp-worker': 'Pare-os em todas as máquinas: systemctl stop camp-worker',
  'pg_dump, pg_restore and psql are not installed': 'pg_dump, pg_restore e psql não estão instalados',
  'pg_dump is of PostgreSQL {0}, and the server is {1}': 'o pg_dump é do PostgreSQL {0}, e o servidor é {1}',
  'Install postgresql-client-{0} or later, or copy the files: docs/operations.md, "Backup and restore".':
    'Instale postgresql-client-{0} ou mais novo, ou copie os arquivos: docs/operations.md, "Backup and restore".',
  '{0} failed: {1}': '{0} falhou: {1}',
  'Wrote {0} ({1} MB) and {2}.': 'Gravados {0} ({1} MB) e {2}.',
  'write a backup of the database to a file': 'grava um backup do banco num arquivo',
  'It uses pg_dump of the version of the server, and may run at any time. A backup is two files: FILE, a dump in the custom format, and FILE.json with what a restore checks. Keep CAMP_SECRET in another place: without it the credentials in a backup cannot be read.':
    'Usa o pg_dump da versão do servidor, e pode ser executado a qualquer momento. Um backup são dois arquivos: FILE, um dump no formato custom, e FILE.json com o que a restauração confere. Guarde CAMP_SECRET em outro lugar: sem ele as credenciais de um backup não podem ser lidas.',
  'Accept this data, and stop its active campaigns?': 'Aceitar estes dados e parar suas campanhas ativas?',
  'Accepted. Nothing is sent automatically; workers continue within one round.':
    'Aceito. Nada é enviado automaticamente; os workers continuam na próxima rodada.',
  never: 'nunca',
  why: 'motivo',
  'last activity of this database': 'última atividade deste banco',
  'it had been at work until': 'esteve em uso até',
  CAMPAIGN: 'CAMPANHA',
  STATUS: 'STATUS',
  'LAST KNOWN': 'ÚLTIMO REGISTRO',
  PENDING: 'PENDING',
  SENDING: 'SENDING',
  'IN DOUBT': 'EM DÚVIDA',
  'MAY HAVE BEEN SENT SINCE': 'PODE TER SIDO ENVIADO DESDE ENTÃO',
  BECOMES: 'PASSA A',
  'as it is': 'como está',
  'Recurring campaigns that are paused: {0}': 'Campanhas recorrentes pausadas: {0}',
  'It has no open campaign.': 'Não há campanha em aberto.',
  "Next, for each PAUSED campaign, compare its PENDING leads with the broker's own list: camp campaign leads {0} --status PENDING":
    'A seguir, para cada campanha PAUSED, compare os contatos PENDING com a lista do próprio fornecedor: camp campaign leads {0} --status PENDING',
  'Leads that were being sent are in doubt after the end of their lease: camp campaign resolve {0} --ask, or --sent, --not-sent, --resend':
    'Contatos que estavam sendo enviados ficam em dúvida quando acaba o prazo de posse: camp campaign resolve {0} --ask, ou --sent, --not-sent, --resend',
  'If none of the PENDING leads was sent: camp campaign resume {0}, which sends them all. Otherwise: camp campaign cancel {1}':
    'Se nenhum dos contatos PENDING foi enviado: camp campaign resume {0}, que envia todos. Senão: camp campaign cancel {1}',
  'Campaigns that were due to start need a new approval: camp campaign approve {0}':
    'Campanhas que deviam começar precisam de nova aprovação: camp campaign approve {0}',
  'Resume recurring campaigns by hand: camp campaign repeat resume {0}':
    'Retome as campanhas recorrentes à mão: camp campaign repeat resume {0}',
  'Opt-outs and budgets from the time between are missing, too: camp blocklist sync, camp budget show.':
    'Faltam também os opt-outs e orçamentos desse intervalo: camp blocklist sync, camp budget show.',
  'Nothing to do: the database is up to date.': 'Nada a fazer: o banco está atualizado.',
  'Applied: {0}': 'Aplicadas: {0}',
  mode: 'modo',
  server: 'servidor',
  embedded: 'embutido',
  running: 'em execução',
  'no (any command starts it)': 'não (qualquer comando o inicia)',
  'no: it does not exist yet (camp db start creates it)': 'não: ainda não existe (camp db start o cria)',
  url: 'url',
  migrations: 'migrações',
  '{0} applied, {1} pending, {2} unknown': '{0} aplicadas, {1} pendentes, {2} desconhecidas',
  '{0} applied, {1} pending': '{0} aplicadas, {1} pendentes',
  queue: 'fila',
  'on {0}: {1}': 'em {0}: {1}',
  sending: 'envio',
  'held until a person decides: {0}': 'suspenso até que uma pessoa decida: {0}',
  next: 'a seguir',
  'Running: {0}': 'Em execução: {0}',
  'Stopped.': 'Parado.',
  'The database was not running.': 'O banco não estava em execução.',
  'DATABASE_URL is set: camp does not start or stop that server':
    'DATABASE_URL está definida: o camp não inicia nem para aquele servidor',
  'Without DATABASE_URL camp uses an embedded PostgreSQL.': 'Sem DATABASE_URL o camp usa um PostgreSQL embutido.',
  'Held. Within a second no worker claims anything of this database.':
    'Suspenso. Em um segundo nenhum worker reserva mais nada deste banco.',
  'To let workers continue: camp db accept-restore': 'Para que os workers continuem: camp db accept-restore',
  'the database: migrate, status, start, stop, hold': 'o banco de dados: migrate, status, start, stop, hold',
  'create or update the tables of the database': 'cria ou atualiza as tabelas do banco',
  'address of the database, and state of its migrations': 'endereço do banco e estado de suas migrações',
  'start the embedded PostgreSQL, creating it if necessary': 'inicia o PostgreSQL embutido, e o cria se preciso',
  'stop the embedded PostgreSQL': 'para o PostgreSQL embutido',
  'send nothing from this database until an ADMIN accepts it': 'não envia nada deste banco até que um ADMIN o aceite',
  'why, for the record': 'o motivo, para registro',
  'For a restored backup or a copy, before the first worker starts on it.':
    'Para um backup restaurado ou uma cópia, antes que o primeiro worker comece nele.',
  'accept restored data and let workers continue (ADMIN)': 'aceita dados restaurados e libera os workers (ADMIN)',
  'show what may have been sent since, and change nothing': 'mostra o que pode ter sido enviado, sem mudar nada',
  'A worker whose database was restored, copied or long inactive sends nothing and reports it. This shows what may have been sent since, and stops the active campaigns: PROCESSING campaigns become PAUSED, approved ones whose time has come wait for approval again, recurring ones are paused. Then decide about each: camp campaign resolve, resume, approve or cancel.':
    'Um worker cujo banco foi restaurado, copiado ou ficou muito tempo inativo não envia nada e avisa. Este comando mostra o que pode ter sido enviado desde então e para as campanhas ativas: as PROCESSING passam a PAUSED, as aprovadas cuja hora chegou esperam nova aprovação, as recorrentes são pausadas. Depois decida sobre cada uma: camp campaign resolve, resume, approve ou cancel.',
  'It asks after the list; without a terminal it requires --yes.':
    'Pergunta depois da lista; sem terminal exige --yes.',
  'Replace all {0} tables of this database by the backup of {1}?':
    'Substituir todas as {0} tabelas deste banco pelo backup de {1}?',
  'Restored the backup of {0}. Nothing is sent from it until an ADMIN accepts it.':
    'Backup de {0} restaurado. Nada é enviado dele até que um ADMIN o aceite.',
  'Next: camp db accept-restore --show, then camp db accept-restore':
    'A seguir: camp db accept-restore --show, depois camp db accept-restore',
  'replace the database by a backup, and hold it': 'substitui o banco por um backup e o suspende',
  'as an installation of its own, beside the original': 'como instalação própria, ao lado da original',
  'Nothing is sent from a restored database until an ADMIN has accepted it (camp db accept-restore): it does not know what was sent since. Refused while workers are active, with another secret, or from a newer camp. If the database is not empty it asks; without a terminal it requires --yes. If it fails, the database stays as it was.':
    'Nada é enviado de um banco restaurado até que um ADMIN o aceite (camp db accept-restore): ele não sabe o que foi enviado desde então. É recusado enquanto há workers ativos, com outro segredo, ou se o backup é de um camp mais novo. Se o banco não está vazio, pergunta; sem terminal exige --yes. Se falha, o banco fica como estava.',
  'This machine may remember newer records: camp audit verify --accept-head (ADMIN) after a check.':
    'Esta máquina pode se lembrar de registros mais novos: camp audit verify --accept-head (ADMIN) depois de conferir.',
}
