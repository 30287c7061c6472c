// "Nº do telefone", "NUM_CPF", "nr contrato"; and the owner: "Telefone do cliente".
const NUMBER = 'numero(?:d[oea]s?)?|num(?:d[oea])?|nro(?:d[oea])?|nr(?:d[oea])?|nu|no(?:d[oea])?|n(?:d[oea])?|ds|tx'
const PERSON =
  'cliente|devedor|titular|sacado|consumidor|destinatario|aluno|segurado|pagador|financiado|associado|paciente'

/** Words with a number, an owner, and a suffix from `behind`. */
function named(words: string, behind: string): RegExp {
  const either = (list: string) => list.split(/\s+/).join('|')
  return new RegExp(`^(?:${NUMBER})?(?:${either(words)})(?:${either(behind)})?(?:(?:d[oae])?(?:${PERSON}))?$`)
}

/**
 * The columns that camp knows, and their names in files. Names are compared without case, accents, spaces and punctuation
 * ("CPF/CNPJ" is cpfcnpj). The first line of a field that matches a column of the file decides: a weak name such as "numero"
 * counts only if there is no better one. Columns that may belong to another person (recado, comercial, avalista, conjuge) are
 * left out; --map can name them.
 */
export const FIELDS = {
  phone: [
    named(
      `telefone telefones tel tels fone fones celular celulares cel cels movel whatsapp whats whatsap watsapp wpp wts zap
       phone phones telephone mobile cellphone cell smartphone msisdn
       telefonecelular fonecelular telcelular telcel telefonemovel fonemovel telmovel
       celularwhatsapp whatsappcelular telefonewhatsapp fonewhatsapp whatsapptelefone
       dddtelefone dddfone dddtel dddcelular dddcel dddnumero dddetelefone dddefone dddecelular dddenumero dddwhatsapp`,
      'principal completo valido formatado atual contato destino ddd comddd eddd value number no primary mobile',
    ),
    `mobilephone mobilephonenumber mobilenumber cellphonenumber phonenumber phoneno contactphone contactnumber customerphone
     primaryphone whatsappnumber numerowhatsapp contatotelefone contatocelular contatofone contatowhatsapp`,
    named('telefonefixo fonefixo telfixo fixo telefoneresidencial foneresidencial telresidencial residencial', ''),
    'homephone telefonecasa telefoneresidencia telefonedecasa',
    'numero number numerocontato numerodecontato numerodestino contato destino destinatario recipient contact to',
  ],
  nome: [
    'nome',
    `name nomecompleto fullname customername contactname clientname nomecliente nomedocliente nomedacliente nmcliente nomcliente
     nocliente dsnome nmnome nomedevedor nomedodevedor nmdevedor nomdevedor nometitular nomedotitular nmtitular nomepessoa
     nmpessoa nopessoa nomecontato nomedocontato nomedestinatario nomedodestinatario nomesacado nomedosacado nmsacado
     nomeconsumidor nomedoconsumidor nomealuno nomedoaluno nomesegurado nomedosegurado nomepagador nomedopagador
     nomefinanciado nomedofinanciado nomeassociado nomedoassociado nomepaciente nomedopaciente`,
    'primeironome primnome prenome firstname givenname',
    'cliente customer client devedor titular sacado consumidor destinatarionome pagador financiado segurado associado',
    'razaosocial razao nomefantasia nomerazaosocial razaosocialnome nomeourazaosocial companyname',
  ],
  cpf_cnpj: [
    named('cpfcnpj cnpjcpf cpfoucnpj cnpjoucpf cpfecnpj cgccpf cpfcgc', 'numero'),
    named('cpf cnpj cgc', 'numero'),
    named('documento document doc', 'federal principal numero number'),
    'taxid taxnumber inscricaofederal niff nif',
  ],
  idcob_contrato: [
    'idcobcontrato idcob',
    'contrato',
    named('contrato contratos', 'numero'),
    'contract contractid contractnumber contractno contractcode',
    'idcontrato iddocontrato codcontrato codigocontrato codigodocontrato cdcontrato contratoid dscontrato',
  ],
  mensagem: [
    `mensagem message texto text custommessage mensagempersonalizada msg textomensagem textodamensagem mensagemtexto
     mensagemsms smsmensagem textosms smstexto messagetext messagebody smsmessage textmessage`,
  ],
  data_cadastro: [
    `datacadastro datadecadastro datadocadastro dtcadastro registrationdate registeredat datacad dtcad datadecad dtdecadastro
     datahoracadastro dthrcadastro dthcadastro datacadastramento dtcadastramento datadecadastramento cadastradoem cadastroem
     datacadastrocliente datacadastrodocliente registeredon dateregistered dataregistro dataderegistro dtregistro`,
  ],
} as const satisfies Record<string, readonly (string | RegExp)[]>

export type Field = keyof typeof FIELDS

/** A column's name in comparable form. */
export function plainName(name: string): string {
  return name
    .replace(/[ºª]/g, '')
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase()
}

/** Whether a name, as `plainName` returns it, belongs to a tier. */
export type Tier = (plain: string) => boolean

const TIERS = Object.entries(FIELDS).map(([field, lines]) => ({
  field: field as Field,
  tiers: lines.map((line: string | RegExp): Tier => {
    if (typeof line !== 'string') return plain => line.test(plain)
    const words = new Set(line.split(/\s+/))
    return plain => words.has(plain)
  }),
}))

/** Each field's names, best first. */
export function tiersOf(field: Field): readonly Tier[] {
  return TIERS.find(entry => entry.field === field)!.tiers
}

/** The field that a name alone means ("Celular" is phone, and so is "Celular 1"). */
export function fieldOf(name: string): Field | undefined {
  const plain = plainName(name).replace(/(?<=\D)0?1$/, '')
  return TIERS.find(({ field, tiers }) => plainName(field) === plain || tiers.some(tier => tier(plain)))?.field
}
