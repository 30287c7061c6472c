import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** A party with one webhook URL can try fewer bits in hours. 16 random hexadecimal digits are estimated at about 50. */
const MIN_BITS = 40

/**
 * Checks that a secret cannot be guessed: each broker has an HMAC under it, and can test guesses offline.
 * @param name its name: "CAMP_SECRET"
 * @throws CampError USAGE
 */
export function assertStrongSecret(secret: string, name: string): void {
  const bits = estimatedBits(secret)
  if (bits >= MIN_BITS) return
  throw new CampError(
    'SECRET_TOO_WEAK',
    t`${name} is too easy to guess: it has about ${Math.floor(bits)} bits, and needs ${MIN_BITS}`,
    {
      hint: t`For a new installation generate one: openssl rand -base64 32. For an existing one: camp secret rotate --generate
      --file new-secret\n(docs/security.md, Rotation); camp login and camp secret rotate still accept the old one.`,
    },
  )
}

/** Shannon entropy of its characters, without those that follow from the ones before: a repetition, or one more step of a run. */
function estimatedBits(secret: string): number {
  const signs = [...secret]
  const counts = new Map<string, number>()
  for (const sign of signs) counts.set(sign, (counts.get(sign) ?? 0) + 1)
  let perSign = 0
  for (const n of counts.values()) perSign -= (n / signs.length) * Math.log2(n / signs.length)
  const period = periodOf(secret)
  const codes = signs.slice(0, period).map(sign => sign.codePointAt(0)!)
  const surprising = codes.filter((code, i) => i < 2 || code - codes[i - 1]! !== codes[i - 1]! - codes[i - 2]!)
  return perSign * surprising.length
}

/** The length of the shortest beginning whose repetition gives the whole; the last repetition may be cut. */
function periodOf(text: string): number {
  for (let period = 1; period <= text.length / 2; period++) {
    if (text.slice(period) === text.slice(0, -period)) return period
  }
  return text.length
}
