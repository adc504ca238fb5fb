import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tempFolder } from "../temp-folder.ts";
import { DataFolderError, DataFolderInUseError, openDataFolder, translateOpenError } from "./data-folder.ts";

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => void (folder = tempFolder()));
afterEach(() => folder.remove());

describe("openDataFolder", () => {
  test("creates the folder, locks it, and lets go of it", () => {
    const path = join(folder.path, "a", "b");
    const opened = openDataFolder(path);
    expect(opened).toMatchObject({ path, storePath: join(path, "store") });
    expect(JSON.parse(readFileSync(join(path, "lock"), "utf8"))).toMatchObject({ pid: process.pid });
    expect(readdirSync(path)).toEqual(["lock"]);
    opened.release();
    opened.release();
    expect(readdirSync(path)).toEqual([]);
    openDataFolder(path).release();
  });

  test("refuses a folder that is in use, and names it and the process", () => {
    const opened = openDataFolder(folder.path);
    const again = () => openDataFolder(folder.path);
    expect(again).toThrow(DataFolderInUseError);
    expect(again).toThrow(folder.path);
    expect(again).toThrow(String(process.pid));
    opened.release();
  });

  test("takes over the lock of a process that is gone", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    writeFileSync(
      join(folder.path, "lock"),
      JSON.stringify({ pid: child.pid, processStart: "", token: "x" }),
    );
    openDataFolder(folder.path).release();
    expect(existsSync(join(folder.path, "lock"))).toBe(false);
  });

  test("takes over the lock of an earlier process with a pid that lives", () => {
    const lock = { pid: process.pid, processStart: "another boot 12", token: "x" };
    writeFileSync(join(folder.path, "lock"), JSON.stringify(lock));
    openDataFolder(folder.path).release();
  });

  test("takes over a lock that was cut off", () => {
    writeFileSync(join(folder.path, "lock"), '{"pid":');
    openDataFolder(folder.path).release();
  });

  test("does not remove the lock of another", () => {
    const opened = openDataFolder(folder.path);
    const lock = JSON.stringify({ pid: process.pid, processStart: "", token: "another's" });
    writeFileSync(join(folder.path, "lock"), lock);
    opened.release();
    expect(readFileSync(join(folder.path, "lock"), "utf8")).toBe(lock);
  });

  test("says so when it is a file", () => {
    const path = join(folder.path, "file");
    writeFileSync(path, "");
    expect(() => openDataFolder(path)).toThrow(`${path} is not a folder`);
    expect(() => openDataFolder(join(path, "below"))).toThrow(DataFolderError);
  });

  test.skipIf(process.getuid?.() === 0)("says so when it cannot be written", () => {
    const path = join(folder.path, "locked");
    mkdirSync(path);
    chmodSync(path, 0o500);
    expect(() => openDataFolder(path)).toThrow(`${path} is not writable`);
  });

  test("puts the system's and the engine's words into ours", () => {
    const enospc = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    expect(translateOpenError(enospc, "/data").message).toMatch(/disk of the data folder \/data is full/);
    const eacces = Object.assign(new Error("EACCES"), { code: "EACCES" });
    expect(translateOpenError(eacces, "/data").message).toMatch(/\/data is not writable/);
    expect(translateOpenError(new Error("odd"), "/data").message).toMatch(/\/data cannot be opened: odd/);
  });
});
