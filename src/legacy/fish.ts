import { addFish, listFish } from '../catalog/fish.ts'
import { canonicalPhone } from '../recipient/phone.ts'
import { isName } from '../visible.ts'
import type { Step } from './deps.ts'
import type { Survey } from './survey.ts'

const TABLE = 'cm_baits'

/** Takes the old system's control phones, by phone. camp adds its fish to the campaigns of all wallets. */
export async function takeFish({ deps, request, tally }: Step, { rows }: Survey): Promise<void> {
  const known = new Set((await listFish(deps.prisma)).map(fish => fish.phone))
  for (const row of rows[TABLE]) {
    const [id, name] = [row.id ?? '', row.nome?.trim() ?? '']
    const { phone, problem } = canonicalPhone(row.telefone ?? '')
    if (row.ativo === '0') tally.refused({ table: TABLE, id, code: 'INACTIVE', detail: 'it is switched off' })
    else if (phone === undefined) tally.refused({ table: TABLE, id, code: 'INVALID_PHONE', detail: problem })
    else if (!isName(name)) tally.refused({ table: TABLE, id, code: 'BAD_TEXT', detail: 'its name cannot be used' })
    else if (known.has(phone)) tally.already(TABLE)
    else {
      if (!request.dryRun) await addFish(deps.prisma, { id: request.userId }, name, phone)
      known.add(phone)
      tally.taken(TABLE)
    }
  }
}
