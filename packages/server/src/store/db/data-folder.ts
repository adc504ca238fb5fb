import { randomUUID } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

/** Another process has the folder open. The message names both. */
export class DataFolderInUseError extends Error {
  override name = "DataFolderInUseError";
  readonly folder: string;
  /** Unknown (undefined) when only the engine's own lock tells. */
  readonly pid: number | undefined;

  constructor(folder: string, pid: number | undefined) {
    const holder = pid === undefined ? "another process" : `another nightowl (process ${pid})`;
    super(
      `The data folder ${folder} is in use by ${holder}. ` +
        "Stop it first, or give this one a folder of its own with --data-dir.",
    );
    this.folder = folder;
    this.pid = pid;
  }
}

/** The folder cannot hold data: no folder, not writable, or the disk is full. */
export class DataFolderError extends Error {
  override name = "DataFolderError";
}

export interface DataFolder {
  /** Absolute. */
  path: string;
  /** The engine's own folder in it. */
  storePath: string;
  /** Lets another process have it. Idempotent. */
  release(): void;
}

/** With less the engine does not start. */
const NEEDED_BYTES = 1 << 20;

interface Lock {
  pid: number;
  /** Tells a process from a later one with the same pid; empty where that cannot be known. */
  processStart: string;
  startedAt: string;
  token: string;
}

/**
 * Creates the folder where needed and takes it for this process, by a file `lock` in it. The lock of a
 * process that is dead is taken over; the engine's own lock is the last word where process ids cannot
 * be compared, as between containers.
 *
 * @throws {DataFolderInUseError} when a living process has it, {@link DataFolderError} when it is no good.
 */
export function openDataFolder(dataDir: string): DataFolder {
  const path = resolve(dataDir);
  const lockPath = join(path, "lock");
  const lock: Lock = {
    pid: process.pid,
    processStart: processStart(process.pid),
    startedAt: new Date().toISOString(),
    token: randomUUID(),
  };
  const draft = `${lockPath}.${lock.token}`;
  try {
    if (existsSync(path) && !statSync(path).isDirectory()) {
      throw new DataFolderError(`${path} is not a folder; choose another one with --data-dir.`);
    }
    mkdirSync(path, { recursive: true });
    try {
      writeFileSync(draft, `${JSON.stringify(lock)}\n`, { flag: "wx" });
      takeLock(draft, lockPath, path);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    throw translateOpenError(error, path);
  }
  return {
    path,
    storePath: join(path, "store"),
    release: () => {
      if (readLock(lockPath)?.token === lock.token) rmSync(lockPath, { force: true });
    },
  };
}

/** A link either is made or is not, so that of two processes only one gets the lock. */
function takeLock(draft: string, lockPath: string, folder: string): void {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      linkSync(draft, lockPath);
      return;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
    const holder = readLock(lockPath);
    if (holder && isAlive(holder)) throw new DataFolderInUseError(folder, holder.pid);
    // Moved away and looked at again: between the look and the move another process may have taken it.
    const stale = `${lockPath}.stale.${randomUUID()}`;
    try {
      renameSync(lockPath, stale);
    } catch (error) {
      if (errorCode(error) === "ENOENT") continue;
      throw error;
    }
    const moved = readLock(stale);
    if (moved && isAlive(moved)) {
      renameSync(stale, lockPath);
      throw new DataFolderInUseError(folder, moved.pid);
    }
    rmSync(stale, { force: true });
  }
  throw new DataFolderInUseError(folder, undefined);
}

function readLock(path: string): Lock | undefined {
  try {
    const lock = JSON.parse(readFileSync(path, "utf8")) as Partial<Lock>;
    return typeof lock.pid === "number" && lock.pid > 0 ? (lock as Lock) : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, processStart: startedThen }: Pick<Lock, "pid" | "processStart">): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
  }
  const startedNow = processStart(pid);
  return startedThen === "" || startedNow === "" || startedThen === startedNow;
}

/** When a process began, as text to compare: ids are used again, in containers nearly always. */
function processStart(pid: number): string {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return `${boot} ${ticks}`;
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

/** What the file system or the engine says about a folder, in words that say what to do. */
export function translateOpenError(error: unknown, path: string): Error {
  if (error instanceof DataFolderInUseError || error instanceof DataFolderError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const said = (text: string) => new DataFolderError(text, { cause: error });
  const code = errorCode(error);
  if (
    code === "EACCES" ||
    code === "EPERM" ||
    code === "EROFS" ||
    /Permission denied|Read-only file/i.test(message)
  ) {
    return said(
      `The data folder ${path} is not writable for this user; change its rights or choose another with --data-dir.`,
    );
  }
  if (code === "ENOTDIR" || code === "EEXIST" || /Not a directory/i.test(message)) {
    return said(`${path} is not a folder; choose another one with --data-dir.`);
  }
  if (code === "ENOSPC" || /No space left|NOT_ENOUGH_SPACE/i.test(message)) {
    return said(`The disk of the data folder ${path} is full; free some space and start again.`);
  }
  return said(`The data folder ${path} cannot be opened: ${message}`);
}

/**
 * The engine says only that it could not open its folder (the why goes to standard error), so this looks
 * for the reason itself: the engine's own lock file names its process.
 */
export function explainEngineRefusal(error: unknown, storePath: string): Error {
  const pid = Number(/^PID: (\d+)/m.exec(readText(join(storePath, "status")))?.[1] ?? 0);
  if (pid > 0 && pid !== process.pid && isAlive({ pid, processStart: "" })) {
    return new DataFolderInUseError(storePath, pid);
  }
  try {
    accessSync(storePath, constants.W_OK);
    const { bavail, bsize } = statfsSync(storePath);
    if (bavail * bsize < NEEDED_BYTES) return translateOpenError(new Error("No space left"), storePath);
  } catch (cause) {
    if (errorCode(cause) !== "ENOENT") return translateOpenError(cause, storePath);
  }
  return translateOpenError(error, storePath);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
