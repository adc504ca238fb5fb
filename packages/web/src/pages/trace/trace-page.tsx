/** The Trace page. */
export function TracePage() {
  return null;
}
