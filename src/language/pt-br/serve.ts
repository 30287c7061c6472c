import type { Catalogue } from '../text.ts'

export const SERVE: Catalogue = {
  'the server stops': 'o servidor está parando',
  'stopped by SIGINT': 'parado por SIGINT',
  'the client has disconnected': 'o cliente se desconectou',
  'the login took too long': 'o login demorou demais',
  'a request of more than {0} bytes': 'uma requisição de mais de {0} bytes',
  'the server failed: its log says why': 'o servidor falhou: seu log diz por quê',
  'camp {0} does not run on a server: run it on the machine of the database':
    'camp {0} não é executado num servidor: execute-o na máquina do banco',
  'it has its own settings': 'ele tem suas próprias configurações',
  'stack traces are in its log': 'os rastros de pilha estão em seu log',
  'a recurring campaign reads a folder of the machine that has the workers':
    'uma campanha recorrente lê uma pasta da máquina que tem os workers',
  '{0} does not apply on a server: {1}': '{0} não se aplica num servidor: {1}',
  'the server accepts at most {0} bytes of files': 'o servidor aceita no máximo {0} bytes de arquivos',
  '{0} cannot be read: {1}': '{0} não pode ser lido: {1}',
}
