/**
 * Does what may go wrong over an application's own values (a getter that throws, a proxy, an object of another
 * realm) and swallows it: tracing must not cost the application anything but time.
 */
export function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // What was to be recorded is missing; the application goes on.
  }
}
