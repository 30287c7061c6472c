import { Block } from '../../blocks.ts'
import { SCRIPTS } from '../../completion/scripts.ts'
import type { Context } from '../../context.ts'

/** @param shell one of SCRIPTS: the declaration parses it */
export async function completion(context: Context, shell: string): Promise<void> {
  const script = SCRIPTS[shell as keyof typeof SCRIPTS]
  context.out.result({ shell, script }, () =>
    Block.of(
      script
        .trimEnd()
        .split('\n')
        .map(text => [{ text }]),
      0,
    ),
  )
}
