/**
 * The columns that camp knows, and what files call them. Names are compared without case, accents, spaces and punctuation
 * ("CPF/CNPJ" is cpfcnpj). Of a field's lines the first with a column in the file decides: a weak name such as "numero" counts
 * only where no better one is there.
 */
export const FIELDS = {
  phone: [
    `telefone telefones telefone1 tel tel1 fone fone1 celular celular1 cel cel1 whatsapp wpp zap phone phone1 phonenumber
     mobile mobilephone mobilenumber cellphone msisdn numerotelefone numerodetelefone numerodotelefone numerocelular
     dddtelefone dddcelular telefonecelular telefonecompleto fonecelular telefonecontato telefonecliente`,
    'numero number contato destino to',
  ],
  nome: [
    'nome',
    'name nomecliente nomedocliente nomecompleto fullname customername primeironome',
    'cliente customer devedor',
  ],
  cpf_cnpj: [
    'cpfcnpj cpfoucnpj',
    'cpf cnpj documento document doc numerodocumento cpfcliente cpfdocliente cpfdevedor taxid',
  ],
  idcob_contrato: [
    'idcobcontrato',
    'contrato idcontrato numerocontrato numerodocontrato nrcontrato contract contractid contractnumber',
  ],
  mensagem: ['mensagem message texto text custommessage mensagempersonalizada msg'],
  data_cadastro: ['datacadastro datadecadastro datadocadastro dtcadastro registrationdate registeredat datacad'],
} as const satisfies Record<string, readonly string[]>

export type Field = keyof typeof FIELDS

/** A column's name as it is compared. */
export function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase()
}

const TIERS = Object.entries(FIELDS).map(([field, lines]) => ({
  field: field as Field,
  tiers: lines.map(line => new Set(line.split(/\s+/))),
}))

/** Each field's names, best first. */
export function tiersOf(field: Field): readonly ReadonlySet<string>[] {
  return TIERS.find(entry => entry.field === field)!.tiers
}

/** The field that a name means by itself ("Celular" is phone). */
export function fieldOf(name: string): Field | undefined {
  const plain = plainName(name)
  return TIERS.find(({ field, tiers }) => plainName(field) === plain || tiers.some(tier => tier.has(plain)))?.field
}
