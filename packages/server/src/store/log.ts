/** What the store and ingest say of themselves: pino's shape. */
export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const NO_LOG: Log = { info() {}, warn() {}, error() {} };
