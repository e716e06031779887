// "/" goes to the search box, "?" shows the keys, which are a section of the guide.

const box = document.getElementById("q");
const guide = document.querySelector("[data-close]");
let shortcuts = null;

async function dialog() {
  const answer = await fetch(guide.href);
  const section = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("phim").parentElement;
  const made = document.createElement("dialog");
  made.className = "shortcuts";
  made.setAttribute("aria-label", section.querySelector("h2").textContent);
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.className = "quiet";
  close.textContent = guide.dataset.close;
  form.append(close);
  for (const element of section.querySelectorAll("[id]")) element.removeAttribute("id"); // the guide itself has them
  made.append(...section.childNodes, form);
  document.body.append(made);
  return made;
}

async function show() {
  try {
    shortcuts ??= await dialog();
    if (!shortcuts.open) shortcuts.showModal();
  } catch {
    location.assign(`${guide.href}#phim`);
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || shortcuts?.open) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
  if (event.key === "/") {
    event.preventDefault();
    box?.focus();
    box?.select();
  } else if (event.key === "?") {
    event.preventDefault();
    show();
  }
});
