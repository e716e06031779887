// The search box completes what is being typed: an ARIA combobox with a listbox (WAI-ARIA APG,
// "editable combobox with list autocomplete"). While the box is empty it offers what was searched
// before, which is kept in this browser only.

const KEY = "tracuu.recent";
const MOST = 8;
const WAIT = 90; // ms between the last key and the question

const form = document.querySelector(".box");
const input = form?.querySelector("input[type=search]");

function remembered() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((text) => typeof text === "string") : [];
  } catch {
    return []; // no storage, or not ours
  }
}

function remember(text) {
  const trimmed = text.trim().slice(0, 200);
  if (!trimmed) return;
  const others = remembered().filter((other) => other !== trimmed);
  try {
    localStorage.setItem(KEY, JSON.stringify([trimmed, ...others].slice(0, MOST)));
  } catch {
    // a browser that keeps nothing
  }
}

function element(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

// Without marks, so that "thi tr" is seen in "thị trường"; a letter stays a letter.
function bare(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}

function combobox() {
  const popup = element("div", { class: "options", hidden: "" });
  const heading = element("p", { class: "of", id: "q-of" }, form.dataset.recent);
  const list = element("ul", { id: "q-options", role: "listbox", "aria-label": input.labels[0].textContent });
  const forget = element("button", { class: "forget", type: "button", tabindex: "-1" }, form.dataset.forget);
  const said = element("p", { class: "unseen", "aria-live": "polite" });
  popup.append(heading, list, forget);
  form.append(popup, said);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let typed = input.value;
  let active = -1;
  let timer = 0;
  let asking = null;

  const options = () => [...list.children];

  function close() {
    popup.hidden = true;
    active = -1;
    asking?.abort();
    clearTimeout(timer);
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function open(texts, recent) {
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...texts.map((text, index) => {
      const option = element("li", { id: `q-option-${index}`, role: "option", "aria-selected": "false" });
      option.dataset.text = text;
      const same = bare(text).startsWith(bare(typed)) ? bare(typed).length : 0;
      option.append(text.slice(0, same), element("b", {}, text.slice(same)));
      return option;
    }));
    heading.hidden = forget.hidden = !recent;
    popup.hidden = !texts.length;
    input.setAttribute("aria-expanded", String(texts.length > 0));
    said.textContent = texts.length ? form.dataset.count.replace("{count}", texts.length) : "";
  }

  async function ask() {
    clearTimeout(timer);
    typed = input.value;
    asking?.abort();
    if (!typed.trim()) return open(remembered(), true);
    asking = new AbortController();
    try {
      const url = `${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`;
      const answer = await fetch(url, { signal: asking.signal });
      if (!answer.ok) return close();
      const { suggestions } = await answer.json();
      open(suggestions.filter((text) => text !== typed), false);
    } catch (error) {
      if (error.name !== "AbortError") close(); // the page works without completions
    }
    return undefined;
  }

  function choose(index) {
    asking?.abort(); // an answer on its way must not take the list from under the hand
    const all = options();
    all[active]?.setAttribute("aria-selected", "false");
    // One step beyond either end leads back to what was typed.
    active = ((index + 1 + all.length + 1) % (all.length + 1)) - 1;
    const option = all[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    input.value = option ? option.dataset.text : typed;
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("click", () => { if (popup.hidden && !input.value) ask(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method such as Telex is at work
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      // A list that answers less than what was typed is no list to choose from.
      if (popup.hidden || (active < 0 && input.value !== typed)) ask();
      else choose(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape" && !popup.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    }
  });
  // Before the box loses the focus: a press on the list must not close it.
  popup.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    input.value = option.dataset.text;
    form.requestSubmit();
  });
  forget.addEventListener("click", () => {
    localStorage.removeItem(KEY);
    close();
  });
  form.addEventListener("submit", () => {
    remember(input.value);
    close();
  });
}

if (input) combobox();
