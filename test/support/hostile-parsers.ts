import { listColumns } from '../../src/blocklist/sync/list-columns.ts'
import { parseLocation } from '../../src/blocklist/sync/location.ts'
import { judgeValue } from '../../src/blocklist/sync/read-entry.ts'
import { retryAfterMs } from '../../src/broker/classify-response.ts'
import { parseDays, parseHours } from '../../src/campaign-settings/hours-and-days.ts'
import { parseThrottle } from '../../src/campaign-settings/throttle-text.ts'
import { parsePairs } from '../../src/cli/parse-pairs.ts'
import { mapColumns, namedColumns } from '../../src/intake/columns.ts'
import { createRowValidator } from '../../src/intake/validate-rows.ts'
import { damageIn, damageOf } from '../../src/message/damage.ts'
import { leftoversIn, spelledOtherwiseIn } from '../../src/message/leftovers.ts'
import { isBareValue, isNoValue } from '../../src/message/no-value.ts'
import { odditiesIn } from '../../src/message/oddities.ts'
import { compileText, unclosedIn } from '../../src/message/template.ts'
import { cleanValue } from '../../src/message/value.ts'
import { parseDocument } from '../../src/recipient/document.ts'
import { canonicalPhones, parsePhone } from '../../src/recipient/phone.ts'
import { parseCron } from '../../src/recurrence/cron.ts'
import { readRows } from '../../src/tabular/csv.ts'
import { detectDelimiter, separatorLine } from '../../src/tabular/delimiter.ts'
import { kindOf } from '../../src/tabular/file-type.ts'
import { uniqueNames } from '../../src/tabular/header-names.ts'
import { numberText } from '../../src/tabular/xlsx/numbers.ts'
import { SPREADSHEET, XmlReader } from '../../src/tabular/xlsx/xml.ts'
import { parseDay } from '../../src/time/day.ts'

/** The parsers of texts that come from outside, each on one text; what they throw is theirs. Each begin and end is told. */
const now = new Date('2026-11-24T12:00:00Z')
const NAMED = [{ header: 'Nome do Cliente', name: 'nome' }]

const PARSERS: Record<string, (text: string) => unknown> = {
  phone: text => parsePhone(text, { areaCode: text, repair: true }),
  'phones of a list': canonicalPhones,
  document: parseDocument,
  'value of a list': text => judgeValue(text, null),
  date: parseDay,
  value: text => [
    cleanValue(text),
    damageOf(text),
    damageIn(text),
    odditiesIn(text),
    isNoValue(text),
    isBareValue(text),
  ],
  placeholders: text => [unclosedIn(text), compileText(text, NAMED), leftoversIn(text, NAMED)],
  'other placeholders': text => spelledOtherwiseIn(text),
  'row with its own text': text => validated(text),
  delimiter: text => [separatorLine('a.csv', text), detectDelimiter(text)],
  'kind of a file': text => kindOf('a.csv', Buffer.from(text)),
  'columns of a file': text => mapColumns('a.csv', [text, 'telefone', ...text.slice(0, 2_000)], {}, true),
  'names of columns': text => uniqueNames([...text.slice(0, 16_000)]),
  'columns of a list': text => listColumns('a.csv', { line: 1, cells: [text, text] }, {}, null),
  'one cell of a list': text => listColumns('a.csv', { line: 1, cells: [text] }, {}, null),
  'rows of a CSV': text => rowsOf(text),
  XML: text => new XmlReader(SPREADSHEET, {}).write(Buffer.from(`<worksheet>${text}`)),
  'number format': text => Array.from({ length: 100 }, (_, i) => numberText(text, false)(i, String(i))),
  cron: text => parseCron(text, 'America/Sao_Paulo', now),
  hours: parseHours,
  days: parseDays,
  throttling: parseThrottle,
  pairs: text => parsePairs('--map', [text]),
  location: parseLocation,
  'Retry-After': text => retryAfterMs(text, now),
}

/** Those whose text is of their own making. */
const MADE: Record<string, () => unknown> = {
  'columns of one name': () =>
    mapColumns(
      'a.csv',
      Array.from({ length: 16_000 }, () => 'telefone'),
      {},
      true,
    ),
  'columns of area codes': () =>
    mapColumns(
      'a.csv',
      Array.from({ length: 16_000 }, (_, i) => (i % 2 ? 'telefone' : 'ddd telefone') + i),
      {},
      true,
    ),
  'cells of several lines': () => rowsOf('"1\n";'.repeat(60_000)),
  'namespaces of XML': () => {
    const reader = new XmlReader(SPREADSHEET, {})
    const prefixes = Array.from({ length: 20_000 }, (_, i) => `xmlns:p${i}="a"`)
    reader.write(Buffer.from(`<worksheet ${prefixes.join(' ')}>${'<c xmlns:a="b"/>'.repeat(20_000)}`))
  },
}

function validated(text: string): unknown {
  const header = ['telefone', 'nome', 'cpf', 'contrato', 'mensagem', 'datacadastro']
  const columns = mapColumns('a.csv', header, {}, true)
  const validator = createRowValidator({
    columns,
    allPhones: true,
    repairNinthDigit: true,
    documentRequired: false,
    staleDays: 10,
    today: 20_000,
    text: null,
    templateVars: null,
    keepText: true,
    texts: {},
    template: null,
  })
  namedColumns(columns)
  return [text, '11987654321'].map(phone =>
    validator.validate([{ line: 2, cells: [phone, text, text, text, `Oi {{nome}} ${text}`, text] }]),
  )
}

async function rowsOf(text: string): Promise<void> {
  async function* chunks() {
    yield `telefone;nome;valor\n${text}`
  }
  for await (const _rows of readRows(chunks(), { file: 'a.csv', delimiter: ';', separatorLine: null })) {
    // it is read to its end
  }
}

async function tell(name: string, parse: () => unknown): Promise<void> {
  const begun = process.cpuUsage()
  process.send?.({ name })
  try {
    await parse()
  } catch {
    // an error is an answer
  }
  const { user, system } = process.cpuUsage(begun)
  process.send?.({ name, ms: (user + system) / 1000 })
}

const texts = JSON.parse(process.argv[2]!) as [string, number][]
for (const [what, parse] of Object.entries(MADE)) await tell(what, parse)
for (const [what, parse] of Object.entries(PARSERS)) {
  for (const [text, length] of texts) {
    await tell(`${what}: ${JSON.stringify(text)} × ${length}`, () => parse(text.repeat(length)))
  }
}
process.send?.({ done: true })
