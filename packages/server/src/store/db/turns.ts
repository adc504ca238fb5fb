/** A share of something that few may use at a time; `release` must be called once it is done with. */
export interface Turn<R> {
  resource: R;
  release: () => void;
}

export interface Turns<R> {
  /** Waits, first come first served, for a free resource. Rejects with the signal's reason when it is aborted. */
  wait(signal?: AbortSignal): Promise<Turn<R>>;
  /** Refuses new turns and resolves when the last one that was asked for is over. */
  close(): Promise<void>;
}

/** Lets callers take turns at `resources`, fairly. */
export function takeTurns<R>(resources: readonly R[]): Turns<R> {
  const free = [...resources];
  const waiting: ((turn: Turn<R>) => void)[] = [];
  let closed = false;
  let onIdle: (() => void) | undefined;

  function give(resource: R): void {
    const next = waiting.shift();
    if (next) return next(turnWith(resource));
    free.push(resource);
    if (free.length === resources.length) onIdle?.();
  }

  function turnWith(resource: R): Turn<R> {
    let over = false;
    return {
      resource,
      release: () => {
        if (over) return;
        over = true;
        give(resource);
      },
    };
  }

  return {
    async wait(signal) {
      if (closed) throw new Error("The database is closed.");
      signal?.throwIfAborted();
      const resource = free.shift();
      if (resource !== undefined) return turnWith(resource);
      return new Promise<Turn<R>>((resolve, reject) => {
        const onTurn = (turn: Turn<R>) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(turn);
        };
        const onAbort = () => {
          waiting.splice(waiting.indexOf(onTurn), 1);
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", onAbort, { once: true });
        waiting.push(onTurn);
      });
    },
    async close() {
      closed = true;
      if (free.length < resources.length) await new Promise<void>((resolve) => (onIdle = resolve));
    },
  };
}
