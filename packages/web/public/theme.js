// Sets <html data-theme> before the first paint; src/data/theme.ts takes over from there.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("nightowl.theme");
  } catch {
    // Storage may be forbidden; the system's theme is used then.
  }
  var dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme =
    choice === "light" || choice === "dark" ? choice : dark ? "dark" : "light";
})();
