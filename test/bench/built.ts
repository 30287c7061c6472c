/**
 * A module of the build, which is what people run: through tsx, which names every function that is made, an import takes a tenth
 * more of the processor.
 * @param path below dist
 */
export async function built<Module>(path: string): Promise<Module> {
  return import(new URL(`../../dist/${path}`, import.meta.url).href)
}
