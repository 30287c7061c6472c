import type { Catalogue } from '../text.ts'

/** What is wrong with a value (src/language/wrong-value.ts), and with a setting of the environment. */
export const WRONG_VALUE: Catalogue = {
  'must be a whole number': 'deve ser um número inteiro',
  'must be a number': 'deve ser um número',
  'must be text': 'deve ser um texto',
  'must be true or false': 'deve ser true ou false',
  'must be {0}': 'deve ser {0}',
  'must be one of {0}': 'deve ser um destes: {0}',
  'must be a URL such as https://example.com': 'deve ser uma URL, como https://example.com',
  'has the wrong form': 'tem a forma errada',
  'must be at least {0}': 'deve ser no mínimo {0}',
  'must be more than {0}': 'deve ser maior que {0}',
  'must not be empty': 'não pode estar vazio',
  'must have at least {0} characters': 'deve ter pelo menos {0} caracteres',
  'must be at most {0}': 'deve ser no máximo {0}',
  'must be less than {0}': 'deve ser menor que {0}',
  'must have at most {0} characters': 'deve ter no máximo {0} caracteres',
  'must be a URL that begins with one of {0}': 'deve ser uma URL que começa com um destes: {0}',
  'cannot be read as a URL: in a password write @ as %40, / as %2F, # as %23, ? as %3F and % as %25':
    'não pode ser lido como URL: em uma senha escreva @ como %40, / como %2F, # como %23, ? como %3F e % como %25',
}
