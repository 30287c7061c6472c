import type { Catalogue } from '../text.ts'

export const QUEUE: Catalogue = {
  'Redis requires a password, and REDIS_URL has none': 'o Redis exige uma senha, e REDIS_URL não tem nenhuma',
  'redis://:PASSWORD@HOST:6379, or redis://USER:PASSWORD@HOST:6379. {0}':
    'redis://:SENHA@HOST:6379, ou redis://USUARIO:SENHA@HOST:6379. {0}',
  'Redis refuses the login': 'o Redis recusa o login',
  'Check the user and the password in REDIS_URL. {0}': 'Confira o usuário e a senha em REDIS_URL. {0}',
  'the Redis user lacks a permission': 'falta uma permissão ao usuário do Redis',
  'On the server: ACL SETUSER NAME ~{camp}* &* +@all -@dangerous +info +keys':
    'No servidor: ACL SETUSER NOME ~{camp}* &* +@all -@dangerous +info +keys',
  'Redis accepts no writes': 'o Redis não aceita gravações',
  'REDIS_URL names a replica: name the primary, or the sentinels (redis+sentinel://HOST,HOST/NAME).':
    'REDIS_URL nomeia uma réplica: nomeie o primário, ou os sentinelas (redis+sentinel://HOST,HOST/NOME).',
  'Redis has no memory left': 'o Redis não tem mais memória',
  'Raise its maxmemory.': 'Aumente seu maxmemory.',
  'Redis cannot write to its disk, and accepts no writes':
    'o Redis não consegue gravar em seu disco, e não aceita gravações',
  'Free space on its disk, and see its log.': 'Libere espaço em seu disco e veja seu log.',
  'Redis does not answer yet': 'o Redis ainda não responde',
  'Wait until it has started, or its cluster is complete again.':
    'Espere até que ele tenha iniciado, ou até que seu cluster esteja completo de novo.',
  'Redis has no connection left': 'o Redis não tem mais conexões',
  'Run fewer workers, or raise its maxclients.': 'Use menos workers, ou aumente seu maxclients.',
  'REDIS_URL names a cluster and the server is not one, or the reverse':
    'REDIS_URL nomeia um cluster e o servidor não é um, ou o contrário',
  'redis:// for one server, redis+cluster://HOST,HOST for a cluster.':
    'redis:// para um servidor, redis+cluster://HOST,HOST para um cluster.',
  'the TLS connection to Redis failed': 'a conexão TLS com o Redis falhou',
  'rediss:// is with TLS, redis:// without. Name the authority that signed its certificate in NODE_EXTRA_CA_CERTS.':
    'rediss:// é com TLS, redis:// sem. Nomeie em NODE_EXTRA_CA_CERTS a autoridade que assinou seu certificado.',
  'Redis does not answer': 'o Redis não responde',
  'Check REDIS_URL: no host has this name. {0}': 'Confira REDIS_URL: nenhum host tem este nome. {0}',
  'the server at REDIS_URL is not Redis': 'o servidor em REDIS_URL não é o Redis',
  'Check its host and its port.': 'Confira seu host e sua porta.',
  'The request is stored, and is sent when the queue is back.':
    'O pedido está guardado e é enviado quando a fila voltar.',
  'the queue cannot be reached: {0}': 'a fila não pode ser alcançada: {0}',
  '{0} Check REDIS_URL; without it the queue is PostgreSQL.': '{0} Confira REDIS_URL; sem ela a fila é o PostgreSQL.',
  'the queue cannot be reached: {0}: {1}': 'a fila não pode ser alcançada: {0}: {1}',
  'the queue delivers no job: {0}': 'a fila não entrega tarefas: {0}',
}
