/**
 * Whether the blocklist holds lead `l` of campaign `c`; fish skip it. Read by its indexes, a lead at a time: of an EXISTS PostgreSQL
 * makes a hash of the whole list, for every batch. What binds is what binds in findBlocked (src/blocklist/blocklist.ts).
 */
export const BLOCKED_LEAD = `NOT l.is_fish AND coalesce(
              (SELECT true FROM "Blocklist" k WHERE k.phone = l.phone AND coalesce(k.purpose = c.purpose, true) LIMIT 1),
              (SELECT true FROM "Blocklist" k WHERE k.cpf_cnpj = l.cpf_cnpj AND coalesce(k.purpose = c.purpose, true) LIMIT 1),
              false)`
