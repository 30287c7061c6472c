import { t } from '../../../language/text.ts'
import { fields } from '../../blocks.ts'
import type { Context } from '../../context.ts'

export async function whoami(context: Context): Promise<void> {
  const { id, email, name, role, via } = await context.actor()
  context.out.result({ id, email, name, role, via }, () =>
    fields([
      [t`e-mail`, email],
      [t`name`, name],
      [t`role`, role],
      [
        t`through`,
        via && t`${via.email} created this token or set this password: neither may approve what the other imported`,
      ],
    ]),
  )
}
