// Runs before the first paint, so that the page never shows in the wrong theme.
(() => {
  const stored = localStorage.getItem("daybook.theme");
  const dark = stored === "dark" || (stored !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
