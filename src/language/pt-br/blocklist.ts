import type { Catalogue } from '../text.ts'

export const BLOCKLIST: Catalogue = {
  LOCATION: 'LOCAL',
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
  'Fields: phone, document, value (either of them), reason, date. Write --map phone=TELEFONE,document=CPF.':
    'Campos: phone, document, value (um dos dois), reason, date. Escreva --map phone=TELEFONE,document=CPF.',
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
  'the list of {0} has the preset {1}, which excludes --purpose and --type document':
    'a lista de {0} tem o preset {1}, que exclui --purpose e --type document',
  'Its entries are phones, and bind every campaign. If it is another list now: --preset none':
    'As entradas dela são telefones e valem para toda campanha. Se agora é outra lista: --preset none',
  '{0} rows have no registration date that can be read (the first: line {1}), and bind at once; another column: --map date=COLUMN':
    '{0} linhas não têm data de inscrição legível (a primeira: linha {1}) e valem de imediato; outra coluna: --map date=COLUNA',
  preset: 'preset',
  'not yet': 'ainda não',
  '{0} rows, which bind later': '{0} linhas, que valerão depois',
  'rules of a known list, kept': 'regras de lista conhecida, guardadas',
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
  'Blocked {0}.': 'Bloqueado: {0}.',
  '{0} was already blocked.': '{0} já estava na lista de bloqueio.',
  '--all requires --source, and excludes --phone and --document': '--all exige --source, e exclui --phone e --document',
  'the blocklist': 'lista de bloqueio',
  'the blocklist of {0}': 'lista de bloqueio de {0}',
  '{0} is not on {1}': '{0} não está na {1}',
  'Remove {0} from {1}?': 'Remover {0} da {1}?',
  'if the list of {0} still contains it, the next sync blocks it again':
    'se a lista de {0} ainda o contiver, a próxima sincronização o bloqueia de novo',
  'Unblocked {0}: {1} removed.': 'Liberado: {0}. Removido da lista: {1}.',
  '{0} removed. Still blocked:': 'Removido da lista: {0}. Ainda bloqueado:',
  '1 entry': '1 entrada',
  '{0} entries': '{0} entradas',
  '"{0}" is neither a phone nor a CPF or CNPJ': '"{0}" não é nem um telefone nem um CPF ou CNPJ',
  'Blocked.': 'Bloqueado.',
  'Not blocked: {0}.': 'Não está bloqueado: {0}.',
  DOCUMENT: 'DOCUMENTO',
  SOURCE: 'ORIGEM',
  BINDS: 'VALE PARA',
  everything: 'tudo',
  SINCE: 'DESDE',
  'never contact this phone or document again (USER, ADMIN)':
    'nunca mais contata este telefone ou documento (todos podem)',
  'only for campaigns of this purpose or of none (default: all)':
    'só para campanhas com esta finalidade ou sem nenhuma (padrão: todas)',
  'allow contact with a phone or document again (ADMIN)':
    'permite de novo o contato com um telefone ou documento (ADMIN)',
  'only the entry of this source (default: of all)': 'só a entrada desta origem (padrão: de todas)',
  'every entry of --source (without --phone and --document)': 'toda entrada de --source (sem --phone e --document)',
  'whether a phone or document is blocked, by whom and why':
    'se um telefone ou documento está bloqueado, por quem e por quê',
  'entries and last sync of each source': 'entradas e última sincronização de cada origem',
  "update a source's entries from a file, a URL or - (ADMIN)":
    'atualiza as entradas de uma origem: arquivo, URL ou - (ADMIN)',
  'whose list it is (other sources stay unchanged)': 'de quem é a lista (as outras origens não mudam)',
  'entries apply to campaigns of this purpose or of none':
    'as entradas valem para campanhas com esta finalidade ou sem',
  'remove the entries that the list does not contain': 'remove as entradas que a lista não contém',
  'with --replace: allow removing over half of the entries':
    'com --replace: permite remover mais da metade das entradas',
  'download the list even if the server says it is unchanged': 'baixa a lista mesmo que o servidor diga que não mudou',
  'The list:': 'A lista:',
  'content of a list without column names: phone or document':
    'conteúdo de uma lista sem nomes de colunas: phone ou document',
  'column of each field: phone=TEL,document=CPF,reason=MOTIVO':
    'coluna de cada campo: phone=TEL,document=CPF,reason=MOTIVO',
  'utf-8, utf-16le, utf-16be or windows-1252 (default: detect)':
    'utf-8, utf-16le, utf-16be ou windows-1252 (padrão: detectar)',
  'one of ; , tab | (default: detect)': 'um de ; , tab | (padrão: detectar)',
  'sheet of a workbook (default: the one Excel opens on)': 'aba de uma planilha (padrão: a que o Excel abre)',
  'refuse a larger list, compressed or uncompressed': 'recusa uma lista maior, compactada ou não',
  'write the rows that could not be read to this file': 'grava neste arquivo as linhas que não puderam ser lidas',
  'Remove all {0} entries of {1} from the blocklist?': 'Remover todas as {0} entradas de {1} da lista de bloqueio?',
  '{0} entries of {1} removed.': '{0} entradas de {1} removidas.',
  PHONES: 'TELEFONES',
  DOCUMENTS: 'DOCUMENTOS',
  SYNCED: 'SINCRONIZADA',
  CHECKED: 'VERIFICADA',
  VALIDATOR: 'VALIDADOR',
  'The blocklist is empty.': 'A lista de bloqueio está vazia.',
  'on a server a list is read from standard input only': 'num servidor, uma lista só é lida da entrada padrão',
  'Run: camp blocklist sync - --source {0} < LIST. To fetch a URL, run camp blocklist sync on the server itself.':
    'Execute: camp blocklist sync - --source {0} < LISTA. Para baixar uma URL, execute camp blocklist sync no próprio servidor.',
  '--allow-shrink requires --replace': '--allow-shrink exige --replace',
  'Without --replace no entry is removed.': 'Sem --replace nenhuma entrada é removida.',
  '{0} rows read…': '{0} linhas lidas…',
  'only one sheet is read; also with rows: {0} (choose one with --sheet NAME)':
    'só uma aba é lida; também têm linhas: {0} (escolha uma com --sheet NOME)',
  'the list: {0}': 'a lista: {0}',
  '{0} rows could not be read completely': 'linhas que não puderam ser lidas por inteiro: {0}',
  '{0} rows may be a phone or a document: both are blocked. If the list contains only one kind: --type':
    '{0} linhas podem ser um telefone ou um documento: os dois são bloqueados. Se a lista só contém um tipo: --type',
  'The list at {0} is unchanged, and so are the {1} entries of {2}.':
    'A lista em {0} não mudou, nem as {1} entradas de {2}.',
  from: 'lida de',
  'applies to': 'vale para',
  'every campaign': 'todas as campanhas',
  'campaigns for {0}, and those without a purpose': 'campanhas para {0}, e as sem finalidade',
  contains: 'contém',
  '{0} phones, {1} documents in {2} rows': '{0} telefones, {1} documentos em {2} linhas',
  added: 'incluídas',
  changed: 'alteradas',
  unchanged: 'sem mudança',
  'The blocklist is unchanged. Try again later.': 'A lista de bloqueio não mudou. Tente de novo mais tarde.',
  'no connection in time': 'sem conexão a tempo',
  'no answer in time': 'sem resposta a tempo',
  'the server stopped sending': 'o servidor parou de enviar',
  'it is shorter than the server announced': 'ela é mais curta do que o servidor anunciou',
  'the server closed the connection': 'o servidor fechou a conexão',
  'it took longer than an hour': 'levou mais de uma hora',
  removed: 'removidas',
  refused: 'recusadas',
  '{0} rows': '{0} linhas',
  rejects: 'recusadas gravadas',
  '{0} rows in {1}': '{0} linhas em {1}',
  LINE: 'LINHA',
}
