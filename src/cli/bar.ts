import progress, { type MultiBar, type Options, type SingleBar } from 'cli-progress'

/** Creates a progress bar; the caller draws it. */
export function openBar(options: Options): SingleBar {
  return new progress.SingleBar(options)
}

export interface Painter {
  /** Replaces the lines that are shown. */
  draw(lines: readonly string[]): void
  /** Prints whole lines above them. */
  print(text: string): void
  /** Removes the lines that are shown. */
  end(): void
}

/** The lines are bars of one MultiBar, which moves the cursor, and each is all payload. */
export function openPainter(stream: NodeJS.WriteStream): Painter {
  let shown: { multi: MultiBar; bars: SingleBar[] } | undefined
  let last: readonly string[] = []
  const open = () => {
    const multi = new progress.MultiBar({
      stream,
      format: (_options, _params, payload: { line: string }) => payload.line,
      hideCursor: true,
      clearOnComplete: true,
      // A printed line moves the others down: a line that has not changed is in another place, too.
      forceRedraw: true,
      gracefulExit: false,
      fps: 1,
    })
    return { multi, bars: [] }
  }
  return {
    draw(lines) {
      shown ??= open()
      last = lines
      const { multi, bars } = shown
      while (bars.length < lines.length) bars.push(multi.create(1, 0, { line: '' }))
      for (const [i, bar] of bars.entries()) bar.update({ line: lines[i] ?? '' })
      multi.update()
    },
    print(text) {
      if (!shown) return void stream.write(text)
      const { multi, bars } = shown
      // Blank first: the printed lines take the rows of the shown ones, and may be shorter.
      for (const bar of bars) bar.update({ line: '' })
      multi.update()
      multi.log(text)
      for (const [i, bar] of bars.entries()) bar.update({ line: last[i] ?? '' })
      multi.update()
    },
    end() {
      shown?.multi.stop()
      shown = undefined
    },
  }
}
