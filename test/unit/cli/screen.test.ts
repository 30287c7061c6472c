import { PassThrough } from 'node:stream'
import { expect, it, onTestFinished } from 'vitest'
import { openPainter } from '../../../src/cli/bar.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences of a terminal
const SEQUENCE = /\u001b\[(\??\d*)(?:;\d+)?([A-Za-z])|\n|\r|[^\u001b\n\r]+/g

/** A terminal's rows after what was written to it. */
function terminal() {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 40, rows: 10 })
  const rows: string[] = ['']
  let [row, column] = [0, 0]
  const put = (text: string) => {
    rows[row] = (rows[row] ?? '').padEnd(column).slice(0, column) + text + (rows[row] ?? '').slice(column + text.length)
    column += text.length
  }
  stream.on('data', chunk => {
    for (const [piece, code, n] of String(chunk).matchAll(SEQUENCE)) {
      if (piece === '\n') [row, column] = [row + 1, 0]
      else if (n === 'A') row -= Number(code || 1)
      else if (n === 'G') column = Number(code || 1) - 1
      else if (n === 'K' && code === '2') rows[row] = ''
      else if (n === 'K') rows[row] = (rows[row] ?? '').slice(0, column)
      else if (n === 'J') rows.splice(row, Infinity, (rows[row] ?? '').slice(0, column))
      else if (!piece.startsWith('\u001b')) put(piece)
    }
  })
  return { stream: stream as unknown as NodeJS.WriteStream, rows: () => rows.map(line => line?.trimEnd() ?? '') }
}

it('redraws its lines in place, prints above them, and leaves what was printed', () => {
  const { stream, rows } = terminal()
  const painter = openPainter(stream)
  onTestFinished(() => painter.end())
  painter.draw(['a campaign', 'long line of figures', 'a reason'])
  painter.draw(['a campaign', 'figures'])
  expect(rows()).toEqual(['a campaign', 'figures', ''])
  painter.print('warning: no worker is running\n')
  expect(rows()).toEqual(['warning: no worker is running', 'a campaign', 'figures', ''])
  painter.draw(['a campaign', 'figures', 'a reason'])
  expect(rows()).toEqual(['warning: no worker is running', 'a campaign', 'figures', 'a reason'])
  painter.end()
  expect(rows().filter(Boolean)).toEqual(['warning: no worker is running'])
})
