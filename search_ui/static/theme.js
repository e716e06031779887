// The colour switch without a reload. The links work by themselves; this only keeps the page where
// it is. The server reads the same cookie, so that the next page comes in the right colours.

const root = document.documentElement;
const choices = document.querySelectorAll("[data-theme-choice]");
const YEAR = 365 * 24 * 3600;
const home = document.querySelector(".box")?.getAttribute("action") ?? "/";

for (const choice of choices) {
  choice.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const theme = choice.dataset.themeChoice;
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    document.cookie = `tracuu_theme=${theme}; Path=${home}; Max-Age=${YEAR}; SameSite=Lax`;
    for (const other of choices) other.removeAttribute("aria-current");
    choice.setAttribute("aria-current", "true");
  });
}

// A page that comes back from the browser's memory may have been left in other colours.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  const theme = /(?:^|; )tracuu_theme=(light|dark|auto)/.exec(document.cookie)?.[1] ?? "auto";
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
});
