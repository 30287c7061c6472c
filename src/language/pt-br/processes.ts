import type { Catalogue } from '../text.ts'

export const PROCESSES: Catalogue = {
  'Give it with --database-url. Without a PostgreSQL server: camp db start':
    'Indique com --database-url. Sem um servidor PostgreSQL: camp db start',
  'DATABASE_URL is required: postgresql://USER:PASSWORD@HOST:5432/NAME':
    'DATABASE_URL é obrigatória: postgresql://USUARIO:SENHA@HOST:5432/NOME',
  'DATABASE_URL (postgresql://USER:PASSWORD@HOST:5432/NAME)':
    'DATABASE_URL (postgresql://USUARIO:SENHA@HOST:5432/NOME)',
  'The database answers: PostgreSQL {0}': 'O banco responde: PostgreSQL {0}',
  'Written to {0}: {1}': 'Gravado em {0}: {1}',
  'Nothing to add to {0}.': 'Nada a acrescentar em {0}.',
  'Migrations applied: {0}': 'Migrações aplicadas: {0}',
  'The tables are up to date.': 'As tabelas estão atualizadas.',
  'this database has a secret already, and it is another one: nothing was changed':
    'este banco já tem um segredo, e é outro: nada mudou',
  'Put the CAMP_SECRET of the other machines into {0}, or into the environment. If it is lost: camp secret reset':
    'Ponha o CAMP_SECRET das outras máquinas em {0}, ou no ambiente. Se ele se perdeu: camp secret reset',
  'Correct CAMP_SECRET in {0}.': 'Corrija CAMP_SECRET em {0}.',
  'There are users already: none was added.': 'Já há usuários: nenhum foi adicionado.',
  'E-mail of the first ADMIN': 'E-mail do primeiro ADMIN',
  'Give it with --admin EMAIL.': 'Indique com --admin EMAIL.',
  'Their name': 'Nome dele',
  'Give it with --name NAME.': 'Indique com --name NOME.',
  'Password of {0}': 'Senha de {0}',
  'Added ADMIN {0}.': 'ADMIN {0} adicionado.',
  '{0} check(s) failed: see above, then camp --env-file {1} doctor':
    'verificações que falharam: {0}: veja acima, depois camp --env-file {1} doctor',
  'Keep a copy of CAMP_SECRET in another place: without it a backup cannot be read.':
    'Guarde uma cópia de CAMP_SECRET em outro lugar: sem ele um backup não pode ser lido.',
  'Next: camp --env-file {0} login, and as a service: camp service install --settings {1}':
    'A seguir: camp --env-file {0} login, e como serviço: camp service install --settings {1}',
  'set up a server installation, or complete it': 'prepara uma instalação de servidor, ou a completa',
  'the file of settings to write': 'o arquivo de configurações a gravar',
  'DATABASE_URL, if the file has none': 'DATABASE_URL, se o arquivo não a tem',
  'REDIS_URL, if the file has none': 'REDIS_URL, se o arquivo não a tem',
  'CAMP_PUBLIC_URL, if the file has none': 'CAMP_PUBLIC_URL, se o arquivo não a tem',
  'CAMP_HOME, if the file has none': 'CAMP_HOME, se o arquivo não a tem',
  'the first ADMIN': 'o primeiro ADMIN',
  'their name': 'nome dele',
  'read their password from stdin': 'lê a senha dele da entrada padrão',
  'In this order: it tries the database, writes the settings with a generated secret (0600), creates or updates the tables, adds the first ADMIN, and checks the result (camp doctor). What is there already stays as it is: it can be run again. Without a terminal everything is given by options.':
    'Nesta ordem: testa o banco, grava as configurações com um segredo gerado (0600), cria ou atualiza as tabelas, adiciona o primeiro ADMIN e verifica o resultado (camp doctor). O que já existe fica como está: pode ser executado de novo. Sem terminal, tudo é indicado por opções.',
  '{0} has another {1} than the one given: nothing was changed': '{0} tem outro {1}, diferente do indicado: nada mudou',
  'Change the file, or omit the option.': 'Altere o arquivo, ou omita a opção.',
  'Run it with sudo, or name another file with --settings.':
    'Execute com sudo, ou indique outro arquivo com --settings.',
  'camp serve requires DATABASE_URL: embedded mode is for one user on one machine':
    'camp serve exige DATABASE_URL: o modo embutido é para um usuário numa máquina',
  'Listening on {0}': 'Escutando em {0}',
  'run commands for users on other machines': 'executa comandos para usuários em outras máquinas',
  'size limit of the files of one command': 'limite de tamanho dos arquivos de um comando',
  'commands that run at once': 'comandos executados ao mesmo tempo',
  'use the last address of X-Forwarded-For as the client': 'usa o último endereço de X-Forwarded-For como cliente',
  'Users need neither the secret nor the database. A client sets CAMP_URL to its address and runs camp login. This server uses HTTP; a reverse proxy adds TLS. Each command is one line of its log. SIGTERM and SIGINT end the running commands, as Ctrl-C does. See docs/security.md.':
    'Os usuários não precisam nem do segredo nem do banco. O cliente define CAMP_URL com este endereço e executa camp login. Este servidor usa HTTP; um proxy reverso acrescenta TLS. Cada comando é uma linha de seu log. SIGTERM e SIGINT encerram os comandos em execução, como Ctrl-C. Veja docs/security.md.',
  'Replace {0} in {1}?': 'Substituir {0} em {1}?',
  'Nothing to do: the units in {0} are current.': 'Nada a fazer: as units em {0} estão atualizadas.',
  'Wrote {0}': '{0} gravado',
  '{0} is not there, or cannot be run': '{0} não existe, ou não pode ser executado',
  'Name the path of camp with --program. As a package it is installed with npm install -g --prefix /usr.':
    'Indique o caminho do camp com --program. Como pacote, ele é instalado com npm install -g --prefix /usr.',
  'Before the first start: the settings in {0}; loginctl enable-linger lets it run without a session.':
    'Antes do primeiro início: as configurações em {0}; loginctl enable-linger permite executar sem uma sessão.',
  'Before the first start: the user {0}, and the settings in {1}.':
    'Antes do primeiro início: o usuário {0}, e as configurações em {1}.',
  'systemd is not running here. Where it runs: {0} daemon-reload':
    'O systemd não está em execução aqui. Onde estiver: {0} daemon-reload',
  'Next: {0} enable --now camp-worker': 'A seguir: {0} enable --now camp-worker',
  'On a machine that starts campaigns and has no worker: {0} enable --now camp-due.timer':
    'Numa máquina que inicia campanhas e não tem worker: {0} enable --now camp-due.timer',
  '{0} was not written by camp: it stays.': '{0} não foi gravado pelo camp: fica como está.',
  'Stop and remove {0} in {1}?': 'Parar e remover {0} em {1}?',
  'Nothing to do: no unit of camp is in {0}.': 'Nada a fazer: não há units do camp em {0}.',
  UNIT: 'UNIT',
  FILE: 'ARQUIVO',
  ACTIVE: 'ATIVA',
  ENABLED: 'HABILITADA',
  'No units.': 'Não há units.',
  'A file has other options, or is of another version of camp: camp service install writes it again.':
    'Um arquivo tem outras opções, ou é de outra versão do camp: camp service install o grava de novo.',
  'not installed': 'não instalada',
  'as camp writes it': 'como o camp grava',
  'other options or version': 'outras opções ou versão',
  'edited since': 'editada depois',
  'not written by camp': 'não gravada pelo camp',
  'systemd units: install, uninstall, status': 'units do systemd: install, uninstall, status',
  'write the units of the worker and of run --due': 'grava as units do worker e de run --due',
  'print the units, and write nothing': 'mostra as units, sem gravar nada',
  'camp-worker.service runs a worker. camp-due.timer starts campaigns whose time has come, for machines without a worker: a worker does it already. A file that camp did not write, or that was edited, is replaced only after a yes; without a terminal it requires --yes.':
    'camp-worker.service executa um worker. camp-due.timer inicia campanhas cuja hora chegou, em máquinas sem worker: um worker já faz isso. Um arquivo que o camp não gravou, ou que foi editado, só é substituído depois de um sim; sem terminal exige --yes.',
  'stop the units, and remove their files': 'para as units e remove seus arquivos',
  "the user's own units": 'as units do próprio usuário',
  'the file system that has the units': 'o sistema de arquivos que tem as units',
  'It asks before it stops a unit; without a terminal it requires --yes.':
    'Pergunta antes de parar uma unit; sem terminal exige --yes.',
  'which units are installed, and whether they run': 'quais units estão instaladas, e se estão em execução',
  "the user's own units (systemctl --user)": 'as units do próprio usuário (systemctl --user)',
  'write below this folder, for a package': 'grava abaixo desta pasta, para um pacote',
  'the user that runs the services': 'o usuário que executa os serviços',
  'the file of settings (/etc/camp.env)': 'o arquivo de configurações (/etc/camp.env)',
  'CAMP_HOME (/var/lib/camp)': 'CAMP_HOME (/var/lib/camp)',
  'the path of camp': 'o caminho do camp',
  'of the listener': 'do listener',
  'It must be an absolute path of letters, digits and . _ - + : , @ only.':
    'Deve ser um caminho absoluto só com letras, dígitos e . _ - + : , @',
  'It must be the name of a user.': 'Deve ser o nome de um usuário.',
  'Metrics at {0}': 'Métricas em {0}',
  'send running campaigns and listen for callbacks': 'envia as campanhas em execução e escuta os retornos',
  'only these brokers, separated by commas': 'só estes fornecedores, separados por vírgulas',
  'batches per broker that are processed at once': 'lotes por fornecedor processados ao mesmo tempo',
  'callbacks, /healthz, /readyz (port 0: any free one)': 'retornos, /healthz, /readyz (porta 0: qualquer porta livre)',
  'answer /metrics there, for Prometheus': 'responde /metrics ali, para o Prometheus',
  'Any number of workers may run, on any number of machines. SIGTERM, SIGINT or SIGHUP ends one within 30 seconds: no new claims, requests in flight are settled; a second signal ends it at once. It waits for an unavailable database or Redis. Brokers reach the listener at CAMP_PUBLIC_URL.':
    'Pode haver qualquer número de workers, em qualquer número de máquinas. SIGTERM, SIGINT ou SIGHUP encerra um em até 30 segundos: nada mais é reservado, e as requisições em andamento recebem baixa; um segundo sinal o encerra de imediato. Ele espera por um banco ou Redis indisponível. Os fornecedores chegam ao listener em CAMP_PUBLIC_URL.',
  'Behind PgBouncer, set CAMP_DIRECT_URL to the same database without PgBouncer, or REDIS_URL. Else run: camp db migrate':
    'Atrás do PgBouncer, defina CAMP_DIRECT_URL com o mesmo banco sem o PgBouncer, ou REDIS_URL. Senão execute: camp db migrate',
  'systemctl disable failed: {0}': 'systemctl disable falhou: {0}',
  'System units belong to root: run it with sudo. The files were not removed.':
    'As units do sistema são do root: execute com sudo. Os arquivos não foram removidos.',
  'System units belong to root: run it with sudo, or use --user, or --root FOLDER for a package.':
    'As units do sistema são do root: execute com sudo, ou use --user, ou --root PASTA para um pacote.',
  'Another process uses this address, perhaps another worker. Choose another port with --listen, or end that process.':
    'Outro processo usa este endereço, talvez outro worker. Escolha outra porta com --listen, ou encerre esse processo.',
  'This machine does not have this address. Choose one of its addresses with --listen, or 0.0.0.0 for all of them.':
    'Esta máquina não tem este endereço. Escolha um dos endereços dela com --listen, ou 0.0.0.0 para todos.',
  'Ports below 1024 need a permission that this user lacks. Choose a higher one with --listen.':
    'Portas abaixo de 1024 exigem uma permissão que falta a este usuário. Escolha uma mais alta com --listen.',
  'No host has this name. Choose an address of this machine with --listen.':
    'Nenhum host tem este nome. Escolha um endereço desta máquina com --listen.',
  'no broker "{0}"': 'não há o fornecedor "{0}"',
  'camp broker list shows them.': 'camp broker list os mostra.',
  'Choose another address with --metrics.': 'Escolha outro endereço com --metrics.',
}
