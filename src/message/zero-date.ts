/**
 * Whether a value is a program's way to write "no date": a day or month of zero, or the first or last day of its calendar.
 * @param value as `cleanValue` returns it
 */
export function isZeroDate(value: string): boolean {
  if (!SUSPECT.test(value)) return false
  const [, date, time = ''] = WITH_TIME.exec(value) ?? []
  if (date === undefined) return false
  // Its time shows the zone in which Unix time zero was written.
  if (UNIX_ZERO.test(date)) return BRAZILIAN_EVENING.test(time)
  return ZERO_DATE.test(date) || (isNoTime(time) && FIRST_DAY.test(date)) || LAST_DAY.test(date)
}

/** The same anywhere in a longer text, by unambiguous forms only. */
export function zeroDateIn(text: string): string | undefined {
  return SUSPECT.test(text) ? WITHIN.exec(text)?.[0] : undefined
}

/** Most texts have no zero date, and this check is enough for those. */
const SUSPECT = /00|1899|1904|9999|1753|1969/

const MONTH = '(?:jan(?:uary|eiro|\\.)?)'
const DECEMBER = '(?:de[cz](?:ember|embro|\\.)?)'
const BETWEEN = '(?:[/.-]| de | )'

/** MySQL's zero, and Excel's, in the formats of its dialog; "jan/00" is Excel's mmm/yy. */
const ZERO = [
  '0000[-/.]00[-/.]00',
  '\\d{4}[-/.]00[-/.]00',
  '0{1,2}[-/.]0{1,2}[-/.]\\d{4}',
  '0{1,2}/0{1,2}/00',
  '0{1,2}[-/.]0?1[-/.](?:0000|1900)',
  '0?1[-/.]0{1,2}[-/.](?:0000|1900)',
  '(?:0{1,2}/0?1|0?1/0{1,2})/00',
  '1900[-/.]01[-/.]00',
  `(?:\\p{L}+(?:-feira)?, )?0{1,2}${BETWEEN}${MONTH}${BETWEEN}(?:19)?00`,
  `${MONTH} 0{1,2},? 1900`,
]
/** Of SQL Server and Access, Excel (also counted from 1904), SQL Server's datetime, .NET. */
const FIRST = [
  '(?:1899[-/.]12[-/.]3[01]|(?:1900|1904|1753|0001)[-/.]0?1[-/.]0?1)',
  '(?:3[01][-/.]12[-/.]1899|12[-/.]3[01][-/.]1899|0?1[-/.]0?1[-/.](?:1900|1904|1753|0001))',
  `(?:0?1${BETWEEN}${MONTH}${BETWEEN}(?:1900|1904|1753|0001)|${MONTH} +0?1,? (?:1900|1904|1753|0001))`,
  `(?:3[01]${BETWEEN}${DECEMBER}${BETWEEN}1899|${DECEMBER} +3[01],? 1899)`,
]
/** .NET, SQL Server, PostgreSQL's exports. */
const LAST = [
  '9999[-/.]12[-/.]31',
  '(?:31[-/.]12|12[-/.]31)[-/.]9999',
  `31${BETWEEN}${DECEMBER}${BETWEEN}9999|${DECEMBER} +31,? 9999`,
]

const ZERO_DATE = whole([...ZERO, '00000000', `${MONTH}[/-](?:00|1900)`])
const FIRST_DAY = whole([...FIRST, '19000101', '18991230', '00010101', '17530101'])
const LAST_DAY = whole([...LAST, '99991231'])
const UNIX_ZERO = whole(['31[-/.]12[-/.]1969', '12[-/.]31[-/.]1969', '1969[-/.]12[-/.]31'])
const WITHIN = new RegExp(`(?<![\\p{L}\\d/.-])(?:${[...ZERO, ...FIRST, ...LAST].join('|')})(?![\\d/-]|\\.\\d)`, 'iu')

const WITH_TIME = /^(.+?)(?:[ T]+(\d{1,2}:\d\d(?::\d\d(?:[.,:]\d+)?)?(?: ?[ap]m)?(?: ?(?:z|utc|[-+]\d\d:?\d\d))?))?$/i
/** Unix time zero in Brazilian time zones, in summer too. */
const BRAZILIAN_EVENING = /^(?:19|20|21|22):00|^(?:0?[789]|10):00(?::00)? ?pm/i

function isNoTime(time: string): boolean {
  return time === '' || /^(?:0?0:00|12:00(?::00(?:[.,:]0+)?)? ?am)/i.test(time)
}

function whole(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`, 'iu')
}
