/**
 * Area codes (DDD) and their regions. A region is the smallest unit that contact-hour rules can derive from a phone: a state,
 * with two exceptions, both strict. 61 is the Federal District's and its surroundings' in Goiás: it counts as both. 97 is
 * western Amazonas, part of which is an hour behind Manaus (the zone database's America/Eirunepe), so it counts in both time
 * zones. Fernando de Noronha, an island an hour ahead, has Recife's 81 and counts as Recife: to be strict for it would take an
 * hour a day from all of Recife.
 *
 * No state has daylight saving since 2019; a change would come with the zone database. Source: Anatel's numbering plan (the 67
 * area codes) and the IANA zone of each state.
 */
export interface Region {
  /** The state's abbreviation, or AM-97. */
  name: string
  /** The states whose laws and local holidays apply. */
  states: readonly string[]
  /** All of them apply; the first is that of most of its people. */
  zones: readonly [string, ...string[]]
  ddds: readonly number[]
}

/** Regions of one zone are adjacent: this is the order of an imported campaign's leads (src/intake/sequence.ts). */
export const REGIONS: readonly Region[] = [
  state('SP', 'America/Sao_Paulo', [11, 12, 13, 14, 15, 16, 17, 18, 19]),
  state('RJ', 'America/Sao_Paulo', [21, 22, 24]),
  state('ES', 'America/Sao_Paulo', [27, 28]),
  state('MG', 'America/Sao_Paulo', [31, 32, 33, 34, 35, 37, 38]),
  state('PR', 'America/Sao_Paulo', [41, 42, 43, 44, 45, 46]),
  state('SC', 'America/Sao_Paulo', [47, 48, 49]),
  state('RS', 'America/Sao_Paulo', [51, 53, 54, 55]),
  { name: 'DF', states: ['DF', 'GO'], zones: ['America/Sao_Paulo'], ddds: [61] },
  state('GO', 'America/Sao_Paulo', [62, 64]),
  state('TO', 'America/Araguaina', [63]),
  state('BA', 'America/Bahia', [71, 73, 74, 75, 77]),
  state('SE', 'America/Maceio', [79]),
  state('AL', 'America/Maceio', [82]),
  state('PE', 'America/Recife', [81, 87]),
  state('PB', 'America/Fortaleza', [83]),
  state('RN', 'America/Fortaleza', [84]),
  state('CE', 'America/Fortaleza', [85, 88]),
  state('PI', 'America/Fortaleza', [86, 89]),
  state('MA', 'America/Fortaleza', [98, 99]),
  state('PA', 'America/Belem', [91, 93, 94]),
  state('AP', 'America/Belem', [96]),
  state('MT', 'America/Cuiaba', [65, 66]),
  state('MS', 'America/Campo_Grande', [67]),
  state('RO', 'America/Porto_Velho', [69]),
  state('AM', 'America/Manaus', [92]),
  { name: 'AM-97', states: ['AM'], zones: ['America/Manaus', 'America/Eirunepe'], ddds: [97] },
  state('RR', 'America/Boa_Vista', [95]),
  state('AC', 'America/Rio_Branco', [68]),
]

function state(name: string, zone: string, ddds: readonly number[]): Region {
  return { name, states: [name], zones: [zone], ddds }
}

/** The abbreviations of the 27 states. */
export const STATES: readonly string[] = [...new Set(REGIONS.flatMap(region => region.states))].sort()

/** The first zone of each region. */
export const ZONES: readonly string[] = [...new Set(REGIONS.map(region => region.zones[0]))]

const REGION_OF_DDD = new Map(REGIONS.flatMap(region => region.ddds.map(ddd => [ddd, region] as const)))

/** All existing area codes. */
export const DDDS: ReadonlySet<number> = new Set(REGION_OF_DDD.keys())

/** @param phone E.164 digits of a Brazilian number (5511987654321) @returns undefined if the area code does not exist */
export function regionOf(phone: string): Region | undefined {
  return phone.startsWith('55') ? REGION_OF_DDD.get(Number(phone.slice(2, 4))) : undefined
}

/** @param phone as `regionOf` takes it @returns the time zone, of two the first */
export function zoneOf(phone: string): string | undefined {
  return regionOf(phone)?.zones[0]
}

/** Area codes as PostgreSQL takes them in a join: three arrays of one length. */
export const AREA_TABLE = {
  ddds: [...REGION_OF_DDD.keys()].map(String),
  zones: [...REGION_OF_DDD.values()].map(region => region.zones[0]),
  regions: [...REGION_OF_DDD.values()].map(region => region.name),
} as const
