import type { Catalogue } from '../text.ts'

export const MESSAGE: Catalogue = {
  '{0} contains {1}, which would be sent unchanged': '{0} contém {1}, que seria enviado sem alteração',
  'Add the template again as the broker approved it, with its variables written {{1}} or {{nome}}.':
    'Adicione o template de novo como o fornecedor o aprovou, com as variáveis escritas {{1}} ou {{nome}}.',
  '{0} has a placeholder that is not closed, or not of two braces: {1}':
    '{0} tem um marcador que não foi fechado, ou que não usa duas chaves: {1}',
  'Write variables as {{1}} or {{nome}}.': 'Escreva as variáveis como {{1}} ou {{nome}}.',
  'Correct the text.': 'Corrija o texto.',
  'the message has a placeholder that is not closed, or not of two braces: {0}':
    'a mensagem tem um marcador que não foi fechado, ou que não usa duas chaves: {0}',
  'Write placeholders as {{nome}}.': 'Escreva os marcadores como {{nome}}.',
  'template {0} has no variable "{1}"': 'o template {0} não tem a variável "{1}"',
  'Its variables are {0}.': 'Suas variáveis são {0}.',
  'It has no variables.': 'Ele não tem variáveis.',
  "The file's columns: {0}.": 'Colunas do arquivo: {0}.',
  'template {0} needs a column for {1}': 'o template {0} precisa de uma coluna para {1}',
  'Say which: --var {0}': 'Diga qual: --var {0}',
  'there is no column "{0}" for {{{1}}}': 'não há a coluna "{0}" para {{{1}}}',
  'a placeholder has no name: {{ }}': 'um marcador está sem nome: {{ }}',
  'Write the name of a column between its braces, or remove it.':
    'Escreva o nome de uma coluna entre suas chaves, ou remova-o.',
  'Did you mean {{{0}}}?': 'Você quis dizer {{{0}}}?',
}
