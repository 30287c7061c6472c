import { plainName, tiersOf } from './field-names.ts'

/** A column of phones, and that of their area codes if it is separate. Positions count from 0. */
export interface PhoneColumn {
  index: number
  areaCode: number | undefined
}

/**
 * The columns that could be the phone, by name: of FIELDS' tiers the first that is in the file. Columns with the same word,
 * with or without a number (telefone, telefone2, "Telefone 03"), are a family, in the order of their numbers.
 * @param taken columns with another meaning
 * @returns the families; several are an ambiguity, none means no phone
 */
export function phoneFamilies(headers: readonly string[], taken: ReadonlySet<number>): number[][] {
  const names = headers.map(nameOf)
  const areaCodes = areaCodesOf(names)
  for (const tier of tiersOf('phone')) {
    const families = new Map<string, number[]>()
    names.forEach(({ stem }, i) => {
      if (taken.has(i) || areaCodes.has(i) || !tier(stem)) return
      const family = families.get(stem)
      if (family) family.push(i)
      else families.set(stem, [i])
    })
    const byNumber = (a: number, b: number) => (names[a]!.n ?? 1) - (names[b]!.n ?? 1)
    if (families.size > 0) return [...families.values()].map(family => family.sort(byNumber))
  }
  return []
}

/**
 * Finds each phone's column of area codes: the one with a matching name (ddd_telefone1, ddd1), else the one to its left, else
 * the file's only one.
 */
export function withAreaCodes(headers: readonly string[], phones: readonly number[]): PhoneColumn[] {
  const names = headers.map(nameOf)
  const isPhone = new Set(phones)
  const areas = names.flatMap(({ stem, n }, index) => {
    const of = isPhone.has(index) ? undefined : areaCodeOf(stem)
    return of === undefined ? [] : [{ index, of, n }]
  })
  const [only, ...others] = areas.filter(({ of }) => of === '')
  const common = others.length === 0 && only?.n === undefined ? only : undefined
  const byIndex = new Map(areas.map(area => [area.index, area]))
  // By name; of several the first.
  const byName = new Map(
    areas.toReversed().flatMap(area => {
      if (area.of === '' && area.n === undefined) return []
      return [[nameKey(area.of, area.n), area] as const]
    }),
  )
  return phones.map(index => {
    const { stem, n = 1 } = names[index]!
    const said = [byName.get(nameKey(stem, n)), byName.get(nameKey('', n))].filter(area => area !== undefined)
    const named = said.sort((a, b) => a.index - b.index)[0]
    const left = byIndex.get(index - 1)
    const fits = left && (left.n ?? n) === n && (stem.includes(left.of) || left.of.includes(stem))
    return { index, areaCode: (named ?? (fits ? left : undefined) ?? common)?.index }
  })
}

/** Word and number: number 1 may be omitted. */
function nameKey(stem: string, n = 1): string {
  return `${stem} ${n}`
}

interface Name {
  /** Without its number. */
  stem: string
  n: number | undefined
}

/** "Telefone 02" is telefone, number 2; so are "2º telefone" and Google's "Phone 2 - Value". */
function nameOf(header: string): Name {
  const plain = plainName(header)
  const numbers = plain.match(/\d+/g) ?? []
  const alone = numbers.length === 1 && numbers[0]!.length <= 2
  return alone ? { stem: plain.replace(/\d+/, ''), n: Number(numbers[0]) } : { stem: plain, n: undefined }
}

const AREA_CODE = '(?:(?:numero|num|nro|nr|nu|codigo|cod|cd)?(?:d[eo])?ddd|(?:codigo|cod|cd)(?:de)?area|areacode)'
const AREA_CODE_OF = new RegExp(`^${AREA_CODE}(?:d[oea])?(.*)$`)
const OF_AREA_CODE = new RegExp(`^(.*?)${AREA_CODE}$`)

/**
 * The phone column to which a column of area codes belongs: '' for "DDD", telefone for "DDD do telefone"; undefined: not an
 * area code.
 */
function areaCodeOf(stem: string): string | undefined {
  return AREA_CODE_OF.exec(stem)?.[1] ?? OF_AREA_CODE.exec(stem)?.[1]
}

/**
 * "DDD_TELEFONE" is the area code if there is also a column of phones by that name, and else a phone with its area code.
 * Returns those that are area codes.
 */
function areaCodesOf(names: readonly Name[]): ReadonlySet<number> {
  const isPhone = (stem: string) => areaCodeOf(stem) === undefined && tiersOf('phone').some(tier => tier(stem))
  const phones = new Set(names.filter(({ stem }) => isPhone(stem)).map(({ stem, n }) => nameKey(stem, n)))
  return new Set(
    names.flatMap(({ stem, n }, i) => {
      const of = areaCodeOf(stem)
      if (of === undefined) return []
      const right = names[i + 1]
      const named = phones.has(nameKey(of, n))
      const beside = right !== undefined && isPhone(right.stem) && (right.stem.includes(of) || of.includes(right.stem))
      return of === '' || named || beside ? [i] : []
    }),
  )
}
