import type { Catalogue } from '../text.ts'

export const DATABASE: Catalogue = {
  'In a password write @ as %40, / as %2F, # as %23, ? as %3F and % as %25.':
    'Numa senha escreva @ como %40, / como %2F, # como %23, ? como %3F e % como %25.',
  'What was asked for is undone.': 'O que foi pedido está desfeito.',
  'the database does not admit this machine, user or database':
    'o banco não admite esta máquina, este usuário ou este banco de dados',
  'Where the message says "no encryption": add ?sslmode=verify-full to DATABASE_URL. Else the server’s pg_hba.conf needs a line for {user}.':
    'Onde a mensagem diz "no encryption": acrescente ?sslmode=verify-full a DATABASE_URL. Senão o pg_hba.conf do servidor precisa de uma linha para {user}.',
  'the database refuses the login': 'o banco recusa o login',
  'On the server: ALTER ROLE "{role}" LOGIN': 'No servidor: ALTER ROLE "{role}" LOGIN',
  'the database asks for a password, and DATABASE_URL has none':
    'o banco pede uma senha, e DATABASE_URL não tem nenhuma',
  'postgres://USER:PASSWORD@HOST/DATABASE. {0}': 'postgres://USUARIO:SENHA@HOST/BANCO. {0}',
  'Check the user and the password in DATABASE_URL. {0}': 'Confira o usuário e a senha em DATABASE_URL. {0}',
  "Check the user and the password in DATABASE_URL and in PgBouncer's auth_file. {0}":
    'Confira o usuário e a senha em DATABASE_URL e no auth_file do PgBouncer. {0}',
  'there is no such database': 'esse banco de dados não existe',
  'Its name is the last part of DATABASE_URL; without one it is the user’s name. To make it: CREATE DATABASE … OWNER "{user}"':
    'Seu nome é a última parte de DATABASE_URL; sem ela é o do usuário. Para criá-lo: CREATE DATABASE … OWNER "{user}"',
  'PgBouncer knows those of the section [databases] of its configuration; DATABASE_URL names another.':
    'O PgBouncer conhece os da seção [databases] de sua configuração; DATABASE_URL nomeia outro.',
  'the database user lacks a right': 'falta um direito ao usuário do banco',
  'As the owner of the database: GRANT USAGE, CREATE ON SCHEMA {schema} TO "{user}"':
    'Como dono do banco: GRANT USAGE, CREATE ON SCHEMA {schema} TO "{user}"',
  'As the owner of the database: GRANT CONNECT, CREATE ON DATABASE "{database}" TO "{user}"':
    'Como dono do banco: GRANT CONNECT, CREATE ON DATABASE "{database}" TO "{user}"',
  'The tables belong to another user: use that one in DATABASE_URL, or as their owner: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{user}", GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{user}", and the same for the schema camp_queue.':
    'As tabelas pertencem a outro usuário: use-o em DATABASE_URL, ou como dono delas: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{user}", GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{user}", e o mesmo para o schema camp_queue.',
  'Only the owner of the tables can migrate them: run camp db migrate with the user that made them.':
    'Só o dono das tabelas pode migrá-las: execute camp db migrate com o usuário que as criou.',
  'Have the owner of the database grant it to "{user}".': 'Peça ao dono do banco que o conceda a "{user}".',
  'the database cannot be reached: it has no connection left': 'o banco não pode ser alcançado: não tem mais conexões',
  'Run fewer workers, raise max_connections, or ALTER ROLE "{user}" CONNECTION LIMIT -1. A worker needs up to 10 connections, and 2 for each broker.':
    'Use menos workers, aumente max_connections, ou ALTER ROLE "{user}" CONNECTION LIMIT -1. Um worker precisa de até 10 conexões, e de 2 por fornecedor.',
  'Run fewer workers, or raise max_client_conn of PgBouncer or max_connections of PostgreSQL.':
    'Use menos workers, ou aumente max_client_conn do PgBouncer ou max_connections do PostgreSQL.',
  "the database's disk is full": 'o disco do banco está cheio',
  '{0} Make room on its disk, and do it again.': '{0} Libere espaço em seu disco e faça de novo.',
  'the database has no memory left, or another limit is reached':
    'o banco não tem mais memória, ou outro limite foi atingido',
  "{0} See the server's log; work_mem and max_connections decide how much it takes.":
    '{0} Veja o log do servidor; work_mem e max_connections decidem quanto ele ocupa.',
  'the database cannot read or write its files': 'o banco não consegue ler ou gravar seus arquivos',
  "{0} See the server's log before anything else is written.":
    '{0} Veja o log do servidor antes que qualquer outra coisa seja gravada.',
  'the database ended it before it was done': 'o banco encerrou a operação antes do fim',
  'What was asked for is undone. A time limit of the user or server (statement_timeout, transaction_timeout, …) is too short, or an administrator cancelled it.':
    'O que foi pedido está desfeito. Um limite de tempo do usuário ou do servidor (statement_timeout, transaction_timeout, …) é curto demais, ou um administrador a cancelou.',
  'the rows that it needs are locked by another process': 'as linhas necessárias estão bloqueadas por outro processo',
  'What was asked for is undone. Do it again: a process that is frozen loses its locks after 15 s. SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity shows who waits for whom.':
    'O que foi pedido está desfeito. Faça de novo: um processo congelado perde seus bloqueios após 15 s. SELECT pid, pg_blocking_pids(pid) FROM pg_stat_activity mostra quem espera por quem.',
  'the database ended it, because others were at the same rows':
    'o banco encerrou a operação, porque outras usavam as mesmas linhas',
  'What was asked for is undone. Do it again.': 'O que foi pedido está desfeito. Faça de novo.',
  'the database takes no writes': 'o banco não aceita gravações',
  'It is a standby, or default_transaction_read_only is on: DATABASE_URL must name the primary.':
    'É um standby, ou default_transaction_read_only está ligado: DATABASE_URL deve nomear o primário.',
  'the database cannot be reached: it does not take connections yet':
    'o banco não pode ser alcançado: ainda não aceita conexões',
  'Wait until it has started, or check DATABASE_URL: a standby that takes no queries says the same.':
    'Espere até que ele tenha iniciado, ou confira DATABASE_URL: um standby que não aceita consultas diz o mesmo.',
  "the database does not have camp's tables": 'o banco não tem as tabelas do camp',
  'Check that DATABASE_URL names the database of this installation, and its user sees the schema: camp db status, camp db migrate.':
    'Confira se DATABASE_URL nomeia o banco desta instalação e se seu usuário vê o schema: camp db status, camp db migrate.',
  'the connection pooler mixes prepared statements of several connections':
    'o pooler de conexões mistura comandos preparados de várias conexões',
  'PgBouncer 1.21 or later with max_prepared_statements, or DATABASE_URL of the server itself.':
    'PgBouncer 1.21 ou mais novo com max_prepared_statements, ou a DATABASE_URL do próprio servidor.',
  'the database speaks no TLS, and DATABASE_URL asks for it': 'o banco não fala TLS, e DATABASE_URL o exige',
  'Switch it on there (ssl = on), or take sslmode out of DATABASE_URL.':
    'Ligue-o lá (ssl = on), ou tire sslmode de DATABASE_URL.',
  "the database's TLS certificate is not accepted": 'o certificado TLS do banco não é aceito',
  'Name the authority that signed it: ?sslmode=verify-full&sslrootcert=/path/ca.pem in DATABASE_URL. Its host must be named as in the certificate.':
    'Nomeie a autoridade que o assinou: ?sslmode=verify-full&sslrootcert=/caminho/ca.pem em DATABASE_URL. Seu host deve ter o nome que está no certificado.',
  'a connection pooler refuses the connection': 'um pooler de conexões recusa a conexão',
  'The queue on PostgreSQL needs a direct connection, which PgBouncer is not: set REDIS_URL, or name the server itself in DATABASE_URL.':
    'A fila no PostgreSQL precisa de uma conexão direta, o que o PgBouncer não é: defina REDIS_URL, ou nomeie o próprio servidor em DATABASE_URL.',
  'the database cannot be reached: the connection pooler has no server for it':
    'o banco não pode ser alcançado: o pooler de conexões não tem um servidor para ele',
  'See PgBouncer’s log: the server behind it is away, refuses it, or all its connections are taken.':
    'Veja o log do PgBouncer: o servidor atrás dele está fora, o recusa, ou todas as suas conexões estão ocupadas.',
  'the database cannot be reached': 'o banco não pode ser alcançado',
  'Check DATABASE_URL: no host has this name. {0}': 'Confira DATABASE_URL: nenhum host tem este nome. {0}',
  'Check DATABASE_URL and that the server runs; without DATABASE_URL camp uses its own (camp db status).':
    'Confira DATABASE_URL e se o servidor está em execução; sem DATABASE_URL o camp usa o seu próprio (camp db status).',
  'the database refuses the connection': 'o banco recusa a conexão',
  'See the server’s log, and check DATABASE_URL with its parameters.':
    'Veja o log do servidor, e confira DATABASE_URL com seus parâmetros.',
  '{0} "{1}" matches {2}': '{0} "{1}" corresponde a {2}',
  'Write its exact name, or its id.': 'Escreva seu nome exato, ou seu id.',
  'no {0} "{1}"': 'não há {0} "{1}"',
  'the database is {0} migration(s) behind this camp ({1})': 'o banco está {0} migração(ões) atrás deste camp ({1})',
  'Run: camp db migrate': 'Execute: camp db migrate',
  'the database was migrated by a newer camp ({0})': 'o banco foi migrado por um camp mais novo ({0})',
  'Update camp on this machine.': 'Atualize o camp nesta máquina.',
  'the database is PostgreSQL {0}, and camp needs {1} or later':
    'o banco é PostgreSQL {0}, e o camp precisa do {1} ou mais novo',
  'Name a newer server in DATABASE_URL; without DATABASE_URL camp uses its own.':
    'Nomeie um servidor mais novo em DATABASE_URL; sem DATABASE_URL o camp usa o seu próprio.',
  'DATABASE_URL cannot be used: {0}': 'DATABASE_URL não pode ser usada: {0}',
  'an earlier migration was interrupted: {0}': 'uma migração anterior foi interrompida: {0}',
  'Restore a backup from before it, or complete the migration by hand; delete its row from _prisma_migrations, and run camp db migrate.':
    'Restaure um backup anterior a ela, ou complete a migração à mão; apague sua linha de _prisma_migrations e execute camp db migrate.',
  'the database contains tables of another program ({0})': 'o banco contém tabelas de outro programa ({0})',
  'camp needs a separate database: CREATE DATABASE camp, and set it in DATABASE_URL.':
    'o camp precisa de um banco separado: CREATE DATABASE camp, e defina-o em DATABASE_URL.',
  'the embedded PostgreSQL cannot run from {0}': 'o PostgreSQL embutido não pode ser executado a partir de {0}',
  'Set CAMP_HOME to a folder that every user may enter, or DATABASE_URL to a PostgreSQL server.':
    'Defina CAMP_HOME como uma pasta em que todo usuário possa entrar, ou DATABASE_URL como um servidor PostgreSQL.',
  'there is no embedded PostgreSQL for this machine ({0})': 'não há PostgreSQL embutido para esta máquina ({0})',
  'Set DATABASE_URL to a PostgreSQL server.': 'Defina DATABASE_URL como um servidor PostgreSQL.',
  'the embedded PostgreSQL did not start': 'o PostgreSQL embutido não iniciou',
  'Its log: {0}/server.log and {1}/log': 'Seu log: {0}/server.log e {1}/log',
  'there is no database: DATABASE_URL is not set, and {0} has no embedded one':
    'não há banco: DATABASE_URL não está definida, e {0} não tem um embutido',
  'Set DATABASE_URL, or use a file that sets it: --env-file PATH':
    'Defina DATABASE_URL, ou use um arquivo que a defina: --env-file CAMINHO',
  'To create a database here: camp db start': 'Para criar um banco aqui: camp db start',
  'the embedded PostgreSQL: {0} failed': 'o PostgreSQL embutido: {0} falhou',
  'Set CAMP_HOME to a folder that every user may enter: PostgreSQL cannot run as root.':
    'Defina CAMP_HOME como uma pasta em que todo usuário possa entrar: o PostgreSQL não pode ser executado como root.',
  'PostgreSQL cannot run as root, and there is no user "postgres" or "nobody"':
    'o PostgreSQL não pode ser executado como root, e não há o usuário "postgres" nem "nobody"',
  'Run camp as another user, or set DATABASE_URL to a PostgreSQL server.':
    'Execute o camp como outro usuário, ou defina DATABASE_URL como um servidor PostgreSQL.',
  'PostgreSQL cannot run as root, and its user may not enter {0}':
    'o PostgreSQL não pode ser executado como root, e seu usuário não pode entrar em {0}',
  'Set CAMP_HOME to a folder that every user may enter, such as /var/lib/camp, or DATABASE_URL to a PostgreSQL server.':
    'Defina CAMP_HOME como uma pasta em que todo usuário possa entrar, como /var/lib/camp, ou DATABASE_URL como um servidor PostgreSQL.',
  "To allow others to traverse this one: chmod o+x '{0}'": "Para permitir que outros atravessem esta: chmod o+x '{0}'",
}
