/**
 * A function whose module is loaded when it is first called: `lazy(() => import('./handlers.ts'), 'add')`. The only way in src/cli to
 * load a module late, so that a help text waits for none.
 */
export function lazy<Module, Name extends FunctionsOf<Module>>(
  load: () => Promise<Module>,
  name: Name,
): Late<Module[Name]> {
  const late = async (...args: unknown[]) => {
    const module = await load()
    return (module[name] as (...args: unknown[]) => unknown)(...args)
  }
  return late as Late<Module[Name]>
}

type FunctionsOf<Module> = { [Name in keyof Module]: Module[Name] extends Callable ? Name : never }[keyof Module]

type Callable = (...args: never[]) => unknown

/** The same function with a promise of its result. */
type Late<Called> = Called extends (...args: infer Args) => infer Result
  ? (...args: Args) => Promise<Awaited<Result>>
  : never
