/** What a command has opened, to be closed when it ends. */
export class Closers {
  readonly #close: (() => Promise<unknown>)[] = []

  add(close: () => Promise<unknown>): void {
    this.#close.push(close)
  }

  /**
   * Closes everything, last first; what cannot be closed does not keep the rest open.
   * @param withinMs when to stop waiting for it; a service that is away may never say goodbye
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
