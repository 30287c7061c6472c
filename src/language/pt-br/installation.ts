import type { Catalogue } from '../text.ts'

export const INSTALLATION: Catalogue = {
  'it waits for a person already: {0}': 'já espera por uma pessoa: {0}',
  'See what is at work in it: camp db accept-restore --show':
    'Veja o que está em andamento: camp db accept-restore --show',
  '{0} is not a mark written by camp': '{0} não é uma marca gravada pelo camp',
  'Restore the file. Without it a worker cannot tell whether its database is older than what was sent.':
    'Restaure o arquivo. Sem ele um worker não sabe se seu banco é mais antigo do que o que já foi enviado.',
  'nothing is started: {0}': 'nada é iniciado: {0}',
  'An ADMIN checks what may have been sent since, and decides: camp db accept-restore':
    'Um ADMIN verifica o que pode ter sido enviado desde então e decide: camp db accept-restore',
}
