import type { Catalogue } from '../text.ts'

export const SECURITY: Catalogue = {
  'not logged in': 'sem login',
  'the session or CAMP_TOKEN belongs to no user here': 'a sessão ou o CAMP_TOKEN não pertence a nenhum usuário daqui',
  "{0}'s sessions and tokens were ended since this one was issued":
    'as sessões e os tokens de {0} foram encerrados depois que este foi emitido',
  '{0}, who made this session or CAMP_TOKEN, is disabled':
    '{0}, que fez esta sessão ou este CAMP_TOKEN, está desativado',
  'An ADMIN makes another one: camp user token EMAIL': 'Um ADMIN faz outro: camp user token EMAIL',
  'the session or CAMP_TOKEN was made by no user of this installation':
    'a sessão ou o CAMP_TOKEN não foi feito por um usuário desta instalação',
  '{0} is not a user of this installation': '{0} não é um usuário desta instalação',
  'An ADMIN can add you (camp user add {0}); or log in as another user: camp login':
    'Um ADMIN pode adicionar você (camp user add {0}); ou entre como outro usuário: camp login',
  '{0} is disabled': '{0} está desativado',
  'Ask an ADMIN.': 'Peça a um ADMIN.',
  'wallet "{0}" has no credential at broker "{1}"': 'a carteira "{0}" não tem credencial no fornecedor "{1}"',
  'Run: camp credential set "{0}" "{1}" key=value': 'Execute: camp credential set "{0}" "{1}" chave=valor',
  'Set it again, with all its keys: camp credential set "{0}" "{1}" key=value':
    'Defina de novo, com todas as chaves: camp credential set "{0}" "{1}" chave=valor',
  'the stored one cannot be opened, so all of its keys are required; ':
    'a armazenada não pode ser aberta, portanto todas as suas chaves são necessárias; ',
  'the credential of "{0}" at "{1}": {2}{3}': 'a credencial de "{0}" em "{1}": {2}{3}',
  '{0} takes: {1}': '{0} aceita: {1}',
  '{0} is an ADMIN, whose tokens no other user makes': '{0} é um ADMIN, cujos tokens nenhum outro usuário faz',
  'They make it themselves, logged in: camp user token {0}. For a cron job: a user with the role USER.':
    'Ele mesmo o faz, com login: camp user token {0}. Para um cron: um usuário com o papel USER.',
  'First: camp user set {0} --enable': 'Antes: camp user set {0} --enable',
  '"{0}" is not a head': '"{0}" não é um topo',
  'It is NUMBER:HASH, as camp audit verify --head printed it.': 'É NÚMERO:HASH, como camp audit verify --head mostrou.',
  '{0} was changed since it was written': '{0} foi alterado depois de gravado',
  'Find out what changed it. camp audit verify --accept-head replaces it, and loses what it would have shown.':
    'Descubra o que o alterou. camp audit verify --accept-head o substitui, e perde o que ele teria mostrado.',
  'CAMP_SECRET is not set: with DATABASE_URL it is required, the same on every machine':
    'CAMP_SECRET não está definido: com DATABASE_URL ele é obrigatório, igual em todas as máquinas',
  'Generate one and keep it safe, because credentials cannot be read without it: openssl rand -base64 32':
    'Gere um e guarde-o bem, pois sem ele as credenciais não podem ser lidas: openssl rand -base64 32',
  'too many failed logins of {0}: the next one is possible in {1} s':
    'muitos logins de {0} falharam: o próximo é possível em {1} s',
  'too many failed logins from this place: the next one is possible in {0} s':
    'muitos logins deste lugar falharam: o próximo é possível em {0} s',
  'Another ADMIN can reset a forgotten password: camp user password EMAIL':
    'Outro ADMIN pode redefinir uma senha esquecida: camp user password EMAIL',
  'the old password is wrong: nothing was changed': 'a senha antiga está errada: nada mudou',
  'the e-mail or the password is wrong': 'o e-mail ou a senha está errado',
  'the password is too short: a password has {0} to {1} characters':
    'a senha é curta demais: uma senha tem de {0} a {1} caracteres',
  'the password is too long: a password has {0} to {1} characters':
    'a senha é longa demais: uma senha tem de {0} a {1} caracteres',
  'the password has fewer than four different characters': 'a senha tem menos de quatro caracteres diferentes',
  'the password is a number: birthdays, phones and CPFs are guessed first':
    'a senha é um número: datas de nascimento, telefones e CPFs são os primeiros palpites',
  'the password is a run of neighbouring characters': 'a senha é uma sequência de caracteres vizinhos',
  'the password is the e-mail': 'a senha é o e-mail',
  'the password is among the most common ones': 'a senha está entre as mais comuns',
  'the password is a walk over neighbouring keys': 'a senha é uma sequência de teclas vizinhas',
  'Run: camp login (or set CAMP_TOKEN again, from: camp user token EMAIL)':
    'Rode: camp login (ou defina CAMP_TOKEN de novo, com o de: camp user token EMAIL)',
  'Take {0} characters or more, such as several unrelated words.':
    'Use {0} caracteres ou mais, como várias palavras sem relação.',
  '{0} may not {1} {2}': '{0} não pode {1} {2}',
  'Its importer may, {0}, and each ADMIN: {1}.': 'Quem importou pode, {0}, e cada ADMIN: {1}.',
  'these credentials were sealed with another secret, and cannot be resealed: {0}':
    'estas credenciais foram lacradas com outro segredo e não podem ser relacradas: {0}',
  'Set each again with all its keys (camp credential set WALLET BROKER key=value), or remove it: camp credential remove':
    'Defina cada uma de novo com todas as chaves (camp credential set CARTEIRA FORNECEDOR chave=valor), ou remova: camp credential remove',
  'what is stored for {0} is not a sealed value': 'o que está guardado para {0} não é um valor lacrado',
  'a sealed value cannot be opened ({0}): CAMP_SECRET is not the one it was sealed with':
    'um valor lacrado não pode ser aberto ({0}): CAMP_SECRET não é aquele com que foi lacrado',
  'Set the credential again, with all its keys: camp credential set':
    'Defina a credencial de novo, com todas as chaves: camp credential set',
  '{0} is too easy to guess: it has about {1} bits, and needs {2}':
    '{0} é fácil demais de adivinhar: tem cerca de {1} bits, e precisa de {2}',
  'For a new installation generate one: openssl rand -base64 32. For an existing one: camp secret rotate --generate --file new-secret (docs/security.md, Rotation); camp login and camp secret rotate still accept the old one.':
    'Para uma instalação nova gere um: openssl rand -base64 32. Para uma existente: camp secret rotate --generate --file new-secret (docs/security.md, Rotation); camp login e camp secret rotate ainda aceitam o antigo.',
  'the public key of sessions in the database was not created by camp':
    'a chave pública das sessões no banco não foi criada pelo camp',
  'Find out what wrote to the table SecretFingerprint, then empty its columns session_public and session_private: a new key pair is created, and existing sessions and tokens become void.':
    'Descubra o que gravou na tabela SecretFingerprint, depois esvazie suas colunas session_public e session_private: um novo par de chaves é criado, e as sessões e os tokens existentes perdem a validade.',
  'the session has expired': 'a sessão expirou',
  'the session or CAMP_TOKEN is not valid here': 'a sessão ou o CAMP_TOKEN não é válido aqui',
  '{0} takes {1}, not "{2}"': '{0} aceita {1}, não "{2}"',
  'the setting {0} is "{1}" in the database, and must be {2}': 'a configuração {0} é "{1}" no banco, e deve ser {2}',
  'Set it again: camp setting set {0} {1}': 'Defina de novo: camp setting set {0} {1}',
  'Run: camp login': 'Execute: camp login',
  'the first user must be an ADMIN': 'o primeiro usuário deve ser um ADMIN',
  'Add --role ADMIN.': 'Acrescente --role ADMIN.',
  'the first user needs a password': 'o primeiro usuário precisa de uma senha',
  'Give it on stdin with --password-stdin.': 'Forneça-a pela entrada padrão com --password-stdin.',
  '{0} is already disabled': '{0} já está desativado',
  '{0} is the last ADMIN: without one no user can be added or enabled':
    '{0} é o último ADMIN: sem um, nenhum usuário pode ser adicionado ou ativado',
  'Make another user an ADMIN first: camp user set EMAIL --role ADMIN':
    'Torne antes outro usuário ADMIN: camp user set EMAIL --role ADMIN',
  '"{0}" is not an e-mail address': '"{0}" não é um endereço de e-mail',
  'the user {0} already exists': 'o usuário {0} já existe',
  'To change them: camp user set EMAIL': 'Para alterá-lo: camp user set EMAIL',
  'there is no user yet: no user can log in': 'ainda não há usuários: nenhum usuário pode entrar',
  'Set this installation up: camp init, or add its first ADMIN: camp user add EMAIL --name NAME --role ADMIN':
    'Configure esta instalação: camp init, ou adicione seu primeiro ADMIN: camp user add EMAIL --name NOME --role ADMIN',
}
