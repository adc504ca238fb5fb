#!/usr/bin/env node
// CommonJS and old syntax, so that an old Node reads far enough to say what it lacks.
"use strict";
var version = process.versions.node.split(".").map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error(
    "nightowl needs Node 20.19 or newer; this is " + process.version + " (" + process.execPath + ")",
  );
  process.exit(1);
}
// The embedded engine's queries each hold a thread of libuv's pool: with its usual four, file reads wait behind them.
process.env.UV_THREADPOOL_SIZE = process.env.UV_THREADPOOL_SIZE || "16";

import("../dist/nightowl.js").catch(function (error) {
  if (error && error.code === "ERR_MODULE_NOT_FOUND" && /dist\/nightowl\.js/.test(error.message)) {
    console.error(
      "nightowl is not built yet: run `npm run build` in its folder (`npm start` does so by itself)",
    );
  } else {
    console.error(error);
  }
  process.exit(1);
});
