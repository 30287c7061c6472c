/** Closes what a command has opened, when the command ends. */
export class Closers {
  readonly #close: (() => Promise<unknown>)[] = []

  add(close: () => Promise<unknown>): void {
    this.#close.push(close)
  }

  /**
   * Closes everything, last first; an error of one closer does not stop the others.
   * @param withinMs how long to wait: a service that is unavailable may never answer
   * @throws the first error of a closer
   */
  async close(withinMs: number): Promise<void> {
    let failed: { error: unknown } | undefined
    const closing = async () => {
      for (let close = this.#close.pop(); close; close = this.#close.pop()) {
        await close().catch(error => {
          failed ??= { error }
        })
      }
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, withinMs)
    })
    await Promise.race([closing(), late])
    clearTimeout(timer)
    if (failed) throw failed.error
  }
}
