/**
 * Whether the blocklist holds lead `l` of campaign `c`; fish skip it. Each lead is one indexed read: for an EXISTS PostgreSQL hashes the
 * whole list in every batch. The rule on purposes is that of findBlocked (src/blocklist/blocklist.ts).
 */
export const BLOCKED_LEAD = `NOT l.is_fish AND coalesce(
              (SELECT true FROM "Blocklist" k WHERE k.phone = l.phone AND coalesce(k.purpose = c.purpose, true) LIMIT 1),
              (SELECT true FROM "Blocklist" k WHERE k.cpf_cnpj = l.cpf_cnpj AND coalesce(k.purpose = c.purpose, true) LIMIT 1),
              false)`
