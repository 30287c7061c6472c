/**
 * Area codes (DDD) and their time zones, by state; no state in Brazil has daylight saving since 2019, and the zone database
 * knows if that changes. Source: Anatel's numbering plan (the 67 area codes) and the IANA zone of each state. A DDD that spans two zones
 * (97, western Amazonas) takes that of most of its people.
 */
const STATES: readonly { zone: string; ddds: readonly number[] }[] = [
  // SP, RJ, ES, MG, PR, SC, RS, DF, GO
  {
    zone: 'America/Sao_Paulo',
    ddds: [
      11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 31, 32, 33, 34, 35, 37, 38, 41, 42, 43, 44, 45, 46, 47,
      48, 49, 51, 53, 54, 55, 61, 62, 64,
    ],
  },
  { zone: 'America/Araguaina', ddds: [63] }, // TO
  { zone: 'America/Bahia', ddds: [71, 73, 74, 75, 77] }, // BA
  { zone: 'America/Maceio', ddds: [79, 82] }, // SE, AL
  { zone: 'America/Recife', ddds: [81, 87] }, // PE
  { zone: 'America/Fortaleza', ddds: [83, 84, 85, 88, 86, 89, 98, 99] }, // PB, RN, CE, PI, MA
  { zone: 'America/Belem', ddds: [91, 93, 94, 96] }, // PA, AP
  { zone: 'America/Cuiaba', ddds: [65, 66] }, // MT
  { zone: 'America/Campo_Grande', ddds: [67] }, // MS
  { zone: 'America/Porto_Velho', ddds: [69] }, // RO
  { zone: 'America/Manaus', ddds: [92, 97] }, // AM
  { zone: 'America/Boa_Vista', ddds: [95] }, // RR
  { zone: 'America/Rio_Branco', ddds: [68] }, // AC
]

/** Their order is the order in which an imported campaign's leads stand (src/intake/sequence.ts). */
export const ZONES: readonly string[] = STATES.map(state => state.zone)

const ZONE_OF_DDD = new Map(STATES.flatMap(({ zone, ddds }) => ddds.map(ddd => [ddd, zone] as const)))

/** The area codes that exist. */
export const DDDS: ReadonlySet<number> = new Set(ZONE_OF_DDD.keys())

/** @param phone E.164 digits of a Brazilian number (5511987654321) @returns undefined where the area code does not exist */
export function zoneOf(phone: string): string | undefined {
  return phone.startsWith('55') ? ZONE_OF_DDD.get(Number(phone.slice(2, 4))) : undefined
}

/** Area codes as PostgreSQL takes them in a join: two arrays of one length. */
export const ZONE_TABLE = { ddds: [...ZONE_OF_DDD.keys()].map(String), zones: [...ZONE_OF_DDD.values()] } as const
