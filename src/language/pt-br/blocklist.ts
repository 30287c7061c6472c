import type { Catalogue } from '../text.ts'

export const BLOCKLIST: Catalogue = {
  "each entry of {0} is one recipient's request: they cannot be removed all at once":
    'cada entrada de {0} é o pedido de um destinatário: não podem ser removidas todas de uma vez',
  'Remove single entries with --phone or --document.': 'Remova entradas isoladas com --phone ou --document.',
  'no entry has the source {0}': 'nenhuma entrada tem a origem {0}',
  'See: camp blocklist stats': 'Veja: camp blocklist stats',
  '{0} "{1}" is not a purpose': '{0} "{1}" não é uma finalidade',
  'One word of letters, digits, - and _ that begins with a letter: collection, offers, …':
    'Uma palavra de letras, dígitos, - e _ que comece por letra: collection, offers, …',
  '{0} redirects more than {1} times': '{0} redireciona mais de {1} vezes',
  'Use the final address of the list.': 'Use o endereço final da lista.',
  '{0} has a redirect that is not followed: {1}': '{0} tem um redirecionamento que não é seguido: {1}',
  'no URL': 'nenhuma URL',
  'From https a redirect is followed only to https. Use the final address of the list.':
    'A partir de https só se segue um redirecionamento para https. Use o endereço final da lista.',
  '{0} cannot be fetched: {1}': '{0} não pode ser baixado: {1}',
  'the download of {0} was interrupted after {1}: {2}': 'o download de {0} foi interrompido depois de {1}: {2}',
  '{0} answered HTTP {1} without a list': '{0} respondeu HTTP {1} sem uma lista',
  'Check whether the URL needs a password or key. The blocklist is unchanged.':
    'Confira se a URL exige senha ou chave. A lista de bloqueio não mudou.',
  '{0} is sent as {1}, which was not requested': '{0} foi enviado como {1}, o que não foi pedido',
  '{0}, line {1}: it names no column of phones or documents, and contains none itself':
    '{0}, linha {1}: não nomeia nenhuma coluna de telefones ou documentos, nem contém algum',
  'Found: {0}. A list has one phone or document a line, or a first line that names its':
    'Encontrado: {0}. Uma lista tem um telefone ou documento por linha, ou uma primeira linha que nomeia suas',
  'columns (telefone;cpf;motivo). Other names: --map phone=COLUMN,document=COLUMN,reason=COLUMN':
    'colunas (telefone;cpf;motivo). Outros nomes: --map phone=COLUNA,document=COLUNA,reason=COLUNA',
  '{0} has no column "{1}" (--map {2})': '{0} não tem a coluna "{1}" (--map {2})',
  'Columns found: {0}.': 'Colunas encontradas: {0}.',
  '--map: a blocklist has no field "{0}"': '--map: uma lista de bloqueio não tem o campo "{0}"',
  'Fields: phone, document, value (either of them), reason. Write --map phone=TELEFONE,document=CPF.':
    'Campos: phone, document, value (um dos dois), reason. Escreva --map phone=TELEFONE,document=CPF.',
  '"{0}" is not a URL that camp can fetch': '"{0}" não é uma URL que o camp possa baixar',
  'Use an http or https URL, a path, or - for standard input.':
    'Use uma URL http ou https, um caminho, ou - para a entrada padrão.',
  'the user or password in the URL cannot be read: a % in it is not an escape':
    'o usuário ou a senha na URL não pode ser lido: um % nele não é um escape',
  'Write a % as %25.': 'Escreva um % como %25.',
  '--rejects names the list itself': '--rejects nomeia a própria lista',
  'Choose another path for --rejects.': 'Escolha outro caminho para --rejects.',
  'the sync was interrupted': 'a sincronização foi interrompida',
  'The blocklist is unchanged.': 'A lista de bloqueio não mudou.',
  '--source {0}: this name is reserved for entries that {1}': '--source {0}: este nome é reservado às entradas que {1}',
  'users add': 'os usuários adicionam',
  'brokers report': 'os fornecedores informam',
  'Use the name of the list: --source procon, --source nao-me-perturbe, …':
    'Use o nome da lista: --source procon, --source nao-me-perturbe, …',
  'the list of {0} is being synced by another process now':
    'a lista de {0} está sendo sincronizada agora por outro processo',
  'When it is done: camp blocklist stats': 'Quando terminar: camp blocklist stats',
  '{0}: none of its {1} rows has a phone or a document': '{0}: nenhuma de suas {1} linhas tem telefone ou documento',
  '{0} has no entry': '{0} não tem nenhuma entrada',
  'Line {0}: {1}. Check that it is the right file. The blocklist is unchanged.':
    'Linha {0}: {1}. Confira se é o arquivo certo. A lista de bloqueio não mudou.',
  'To remove all entries of a source: a list with only its header, --replace and --allow-shrink.':
    'Para remover todas as entradas de uma origem: uma lista só com o cabeçalho, --replace e --allow-shrink.',
  '{0} would remove {1} of the {2} entries of {3}': '{0} removeria {1} das {2} entradas de {3}',
  'Check that it is complete. The blocklist is unchanged; if the removal is intended: --allow-shrink':
    'Confira se está completa. A lista de bloqueio não mudou; se a remoção é intencional: --allow-shrink',
}
