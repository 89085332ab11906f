/** The button that switches between the light and the dark theme; theme.js applies the choice. */

const THEMES = ["light", "dark"];

document.querySelector("#theme").addEventListener("click", () => {
  const html = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const current = html.dataset.theme ?? THEMES[Number(prefersDark)];
  html.dataset.theme = THEMES[Number(current === "light")];
  localStorage.setItem("mockserver-theme", html.dataset.theme);
});
