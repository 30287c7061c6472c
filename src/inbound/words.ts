/** The words of replies: as data, without accents, in lower case. */

const list = (words: string): readonly string[] => words.split(/\s+/).filter(Boolean)

/** How people write in a hurry. */
export const SHORT_FORMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{
      n: 'nao',
      naum: 'nao',
      num: 'nao',
      nn: 'nao',
      nao: 'nao',
      nem: 'nao',
      not: 'nao',
      ja: 'ja',
      jah: 'ja',
      j: 'ja',
    },
    ...{
      vc: 'voce',
      vcs: 'voces',
      ce: 'voce',
      ceis: 'voces',
      cs: 'voces',
      q: 'que',
      oq: 'que',
      pq: 'porque',
      tb: 'tambem',
    },
    ...{ pra: 'para', pro: 'para', pros: 'para', pras: 'para', p: 'para', d: 'de', dum: 'de', mim: 'mim', mi: 'mim' },
    ...{ pfv: 'favor', pf: 'favor', pfvr: 'favor', plis: 'favor', please: 'favor', obg: 'obrigado', vlw: 'obrigado' },
    ...{
      msg: 'mensagem',
      msgs: 'mensagens',
      mgs: 'mensagens',
      mensagen: 'mensagem',
      menssagem: 'mensagem',
      sms: 'mensagem',
    },
    ...{
      messages: 'mensagens',
      message: 'mensagem',
      mensage: 'mensagem',
      zap: 'whatsapp',
      zapp: 'whatsapp',
      wpp: 'whatsapp',
    },
    ...{
      tel: 'telefone',
      fone: 'telefone',
      cel: 'celular',
      num3ro: 'numero',
      nr: 'numero',
      nro: 'numero',
      n0: 'numero',
    },
    ...{ ta: 'esta', to: 'estou', tou: 'estou', tava: 'estava', tao: 'estao', eh: 'e', hj: 'hoje', dnv: 'novamente' },
    ...{
      qro: 'quero',
      kero: 'quero',
      queru: 'quero',
      qero: 'quero',
      mas: 'mais',
      mais: 'mais',
      pg: 'pago',
      pgto: 'pagamento',
    },
    ...{
      pagto: 'pagamento',
      pagtos: 'pagamento',
      ngm: 'ninguem',
      nigm: 'ninguem',
      ninguen: 'ninguem',
      cpt: 'comprovante',
    },
    ...{ comp: 'comprovante', desculpa: 'desculpe', sr: 'senhor', sra: 'senhora', srta: 'senhora', dona: 'senhora' },
    ...{
      conhesso: 'conheco',
      conheso: 'conheco',
      conhexo: 'conheco',
      soou: 'sou',
      sow: 'sou',
      kitei: 'quitei',
      kitado: 'quitado',
      daki: 'daqui',
      dae: 'dai',
      ae: 'ai',
      aki: 'aqui',
      akie: 'aqui',
      numeros: 'numero',
      telefones: 'telefone',
    },
  }),
)

/** Words that are corrected where they are misspelt. */
export const FUZZY: ReadonlySet<string> = new Set(
  list(`cancelar cancele remover remova receber mensagem mensagens numero errado errada engano conheco desconheco pessoa telefone
    comprovante pagamento paguei quitado quitada quitei lista descadastrar descadastre desinscrever contato cadastro quero perturbe
    incomode bloquear`),
)

/** Words that are right, one or two letters from one of FUZZY. */
export const REAL_WORDS: ReadonlySet<string> = new Set(
  list(`pague paguem pagou pagar pagarei peguei apaguei pegue paga paguemos cancela cancelo cancelei cancelou canceladas cancelado
    cancelada cancelem cancelaram cancelamento remove removi removeu remocao receba recebo recebe recebi recebeu recebem receberei
    recebeu recebido perceber reter numerado errei errou erradas errados enganos engana enganou enganei enganado enganada engane
    conhece conheci conhecem conhecer desconhece pessoas pessoal vista listas listar lisa listo quer queria quere querer querem
    queria quebro quitar quita quito quitou quite contatos contrato contatar contate contatem contados contado contador cadastra
    cadastrar cadastrado cadastros descadastra descadastrem desinscreva desinscrevo pagamentos comprovantes comprovantes perturba
    perturbem perturbar incomoda incomodem incomodar incomodo bloqueio bloqueie bloqueia bloqueiem bloqueado bloqueada bloqueei
    desbloquear mensal mensais mensagens mensalidade pagarem peguem segue seguei lojista missa pista crista conhecido persona
    comprovado comprovar comprovo revista conheca conto erro erra erradas ergano pagueis vestido cancelas revelar congelar receita
    aceitar recebera remoto renova renovar mover morar comover promover paguer contado rebeber perceber telefona telefono telefonei
    telefonou`),
)

/** A reply that is one of these words, apart from FILLERS, is an opt-out. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  list(`sair saia sai sairr saindo pare para parar parem cancelar cancele cancela cancelem remover remova remove removam remocao removido
    removida stop stopall end quit unsubscribe optout descadastrar descadastre descadastra descadastro descadastrem desinscrever
    desinscreva desinscreve desinscricao desligar excluir exclua exclui excluam bloquear bloqueia bloqueie bloqueiem chega basta
    interromper interrompa interrompam suspender suspenda suspendam encerrar encerra encerre encerrem dispenso retirar retire retira
    retirem desativar desative desativa desativem desinteressado`),
)

/** Of STOP_WORDS: those that say it in one clause of a longer reply too ("já paguei, parem"). */
export const STRONG_STOPS: ReadonlySet<string> = new Set(
  list(`sair pare parem stop descadastrar descadastre descadastra desinscrever desinscreva unsubscribe optout chega remover remova
    removam exclua excluam`),
)

/** Words that STOP_WORDS are taken for, where the whole reply is one misspelt word. */
export const SPELLED_STOPS: readonly string[] = list(
  'sair pare parar parem cancelar cancele remover remova stop descadastrar desinscrever unsubscribe bloquear',
)

/** Words near SPELLED_STOPS that mean something else. */
export const NOT_STOPS: ReadonlySet<string> = new Set(
  list(`spare
    pagar pagare parte pares parei parou parada parado parados parcela parcelar parece pode poder pura pure care cara carro caro cure
    barem parque pagam pagarem falar para parto parta perto perde pera pero compare prepare separe sete sabe sabi saiu saia said saio
    saida saiba sara sari0 cair vair dai pai vai sair sai seria air safar sacar salar sarar same step shop top stock soop estou
    parra0 marar varar pulsar passar preparar separar amparar comparar receber revelar congelar cancelei cancelou cancelado cancelada
    removi removeu remoer mover comover promover morar renova remota remoto resolver rever roupa pareo farei para pera pira pique
    paga pago pague parem pagarei padre sabia saber sal ser sei sera sua suar sim sol some sono solto soltar soro start estar esta`),
)

/** What stands around a stop word without changing it. */
export const FILLERS: ReadonlySet<string> = new Set(
  list(`oi ola oie bom boa dia tarde noite por favor gentileza obrigado obrigada grato grata att senhor senhora amigo amiga moco moca
    querido querida pessoal gente ok sim ja ai agora urgente imediatamente logo entao eu me se voce voces e a o as os de da do das
    dos dessa desse desta deste dessas desses destas destes essa esse esta este essas esses estas estes isso isto aqui daqui dai ali
    meu minha meus minhas seu sua com em na no nas nos que um uma para todas todos todo toda qualquer definitivamente opcao digito
    digitei digitar digite respondendo resposta responder respondo escolho opto mandei enviei vezes vez mando envio letra palavra
    tchau pelo amor deus fora flw falou please desculpe favor mais ja quantas tenho la quero queria gostaria desejo preciso peco pedi
    pedir pedindo solicito solicitar solicitei exijo ser pode podem podes poderia poderiam desejaria prefiro btn button id payload
    action promotions promotion promocoes promocao marketing ofertas oferta all`),
)

/** Words that end a clause without adding to it: `$` passes over them. */
export const TAIL: ReadonlySet<string> = new Set(
  list(`por favor obrigado obrigada ai viu ok senhor senhora moco moca amigo amiga gente mais ja nao desculpe grato grata voces ta esta
    bom boa dia tarde noite aqui agora tambem . ? hein ne viu entendeu certo mesmo e eu querido querida`),
)

/** What is stopped. */
export const STOP_OBJECTS: ReadonlySet<string> = new Set(
  list(`mensagem mensagens mensage envio envios recebimento contato contatos numero telefone celular lista listas cadastro inscricao
    assinatura notificacao notificacoes propaganda propagandas grupo whatsapp spam ligacao ligacoes cobranca cobrancas newsletter
    disparo disparos aviso avisos comunicacao comunicacoes sistema base telefonema telefonemas torpedo torpedos`),
)

/** Classes of the patterns in rules.ts: `<name>`. */
export const CLASSES: Readonly<Record<string, readonly string[]>> = {
  want: list(`quero queria gostaria desejo desejaria preciso pretendo aceito tenho interesse solicito peco autorizo`),
  send: list(`mande mandem manda mandar mandarem envie enviem envia enviar enviarem mandassem enviassem encaminhe encaminhem
    encaminhar dispare
    disparem escreva escrevam`),
  call: list(`ligue liguem liga ligar ligarem chame chamem chama chamar contate contatem contata contatar contactar contacte contactem
    contatarem contactarem contatassem procure procurem procura procurar telefone telefonem telefonar cobre cobrem cobrar aborde
    abordem`),
  bother:
    list(`perturbe perturbem perturbar perturba incomode incomodem incomodar incomoda insista insistam insistir encher encha encham enche
    atormentar importunar importune importunem`),
  message:
    list(`mensagem mensagens nada isso cobranca cobrancas propaganda propagandas ligacao ligacoes oferta ofertas spam notificacao
    notificacoes lembrete lembretes aviso avisos porcaria`),
  contact:
    list(`contato contatos contatado contatada incomodado incomodada perturbado perturbada procurado procurada mensagem mensagens
    propaganda propagandas ofertas cobranca cobrancas ligacao ligacoes spam notificacao notificacoes whatsapp incluido incluida`),
  asks: list('pode podem poderia poderiam favor pedi pedir peco mandei gostaria quero queria faco'),
  stopNow: list('pare parem para parar pararem'),
  remove:
    list(`tira tire tirem tirar retire retira retirem retirar remova remove removam remover removessem retirassem tirassem excluissem
    apagassem removerem exclua exclui excluam excluir excluirem apague apaga apaguem apagar apagarem delete deleta deletem deletar
    descadastre descadastra descadastrem descadastrar bloqueie bloqueia bloqueiem bloquear cancele cancela cancelem elimine eliminem
    eliminar tirasse`),
  listed: list(
    'numero telefone contato celular cadastro lista listas sistema base dados daqui dai mailing banco agenda whatsapp',
  ),
  credit: list('serasa spc restricao negativacao negativado boavista scpc protesto cartorio'),
  number: list('numero telefone contato celular chip linha whatsapp'),
  money:
    list(`divida dividas debito debitos conta contas boleto acordo cobranca compra valor empresa loja contrato banco voces voce parcela
    fatura site credor proposta plano servico produto instituicao cartao nada`),
  who: list('pessoa senhor senhora cliente sujeito cara rapaz moca cidadao individuo titular nome'),
  wrong: list('errado errada errados incorreto incorreta equivocado equivocada trocado'),
  him: list('dele dela deles delas'),
  of: list('desse deste dessa desta dele dela do da de'),
  paidWord: list(
    'pago paga pagos pagas quitado quitada quitados quitadas liquidado liquidada liquidados acertado acertada paguei',
  ),
  paidThing: list(
    'boleto conta fatura parcela divida debito parcelas contas boletos mensalidade pix entrada acordo valor',
  ),
  paidVerb: list('paguei quitei liquidei depositei transferi pagamos quitamos'),
  done: list('feito feita efetuado efetuada realizado realizada enviado enviada concluido confirmado compensado'),
  did: list('fiz efetuei realizei fizemos mandei enviei enviamos concluido'),
  notNames:
    list(`responsavel unico unica primeira primeiro segunda ultima culpado culpada melhor pior que mesmo mesma valor vez caso hora momento
    problema boleto divida debito conta empresa loja banco cartao acordo parcela ideal certo correto correta combinado combinada
    justo fim dia mes ano preco juros taxa desconto proposta real verdade unica minha meu minhas meus nossa nosso numero telefone
    contato pessoa nome cpf dono dona titular moca moco cara cliente devedor devedora pagador pagadora gerente dinheiro cobranca
    fatura pix link site app aplicativo negocio coisa jeito tipo lugar local endereco cidade unidade servico produto plano contrato
    processo advogado advogada filho filha marido esposa mulher homem pai mae irmao irma favor serasa spc procon detran receita
    nubank itau bradesco santander caixa inter claro vivo tim oi magalu renner riachuelo carrefour pernambucanas whatsapp deus brasil
    natal`),
  names:
    list(`@ fulano fulana beltrano ciclano joao jose maria ana antonio carlos paulo pedro lucas luiz luis marcos marcelo fernando fernanda
    francisco francisca rafael rafaela daniel daniela bruno bruna eduardo felipe filipe rodrigo gustavo andre adriana adriano aline
    amanda camila carla claudia cristina cristiane diego diogo fabio fabiana fabiano flavia gabriel gabriela geraldo gilberto helena
    heloisa igor isabel isabela jessica joana joaquim jorge julia juliana julio larissa leandro leonardo leticia luana luciana
    luciano manoel manuel marcia marcio mariana mateus matheus mauricio mauro michele miguel monica natalia nelson patricia priscila
    raimundo raimunda regina renata renato ricardo rita roberto roberta rosa rosana sandra sebastiao sergio silvia simone sonia
    tatiana teresa thiago tiago valdir valeria vanessa vera vicente victor vinicius vitor viviane wagner wellington wesley william
    willian`),
}

/** Every word that the rules know by a meaning of its own, but for names. */
export const VOCABULARY: ReadonlySet<string> = new Set([
  ...[...STOP_WORDS, ...FILLERS, ...STOP_OBJECTS, ...TAIL, ...FUZZY, ...REAL_WORDS, ...SHORT_FORMS.values()],
  ...Object.entries(CLASSES).flatMap(([name, words]) => (name === 'names' ? [] : words)),
])
