import { Block } from '../../blocks.ts'
import { SCRIPTS } from '../../completion/scripts.ts'
import type { Context } from '../../context.ts'

export async function completion(context: Context, shell: keyof typeof SCRIPTS): Promise<void> {
  context.out.result({ shell, script: SCRIPTS[shell] }, () =>
    Block.of(
      SCRIPTS[shell]
        .trimEnd()
        .split('\n')
        .map(text => [{ text }]),
      0,
    ),
  )
}
