import { openLog } from '../../src/log.ts'
import { leaks } from './leaked.ts'
import { leaksIn } from './leaks.ts'

/** A log of a test's, as camp writes it, of every level; each line is looked through for phones and documents. */
export function testLog(onLine: (line: string) => unknown = () => undefined, level: 'trace' | 'info' = 'trace') {
  const destination = {
    write: (line: string) => {
      leaks.push(...leaksIn(line))
      onLine(line)
    },
  }
  return openLog(level, { destination })
}
