/**
 * A function whose module is loaded when it is called: `lazy(() => import('./handlers.ts').then(module => module.add))`. All late
 * loading in src/cli uses it, so that a help text waits for no module that it does not need.
 */
export function lazy<Loaded extends Callable>(load: () => Promise<Loaded>): Late<Loaded> {
  const late = async (...args: never[]) => (await load())(...args)
  return late as Late<Loaded>
}

type Callable = (...args: never[]) => unknown

/** The same function with a promise of its result. */
type Late<Loaded extends Callable> = (...args: Parameters<Loaded>) => Promise<Awaited<ReturnType<Loaded>>>
