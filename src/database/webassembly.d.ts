/** The part of WebAssembly that camp uses: TypeScript has its types only in the browser's library. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>
  function instantiate(bytes: Uint8Array, imports: Record<string, unknown>): Promise<{ instance: { exports: Exports } }>
}
