// Searches that a visitor keeps, in this browser only. The page of results has a button that keeps
// its search; the front page lists those that are kept, with how many documents have come since
// they were last opened. The number is the difference of the totals.

const KEY = "tracuu.saved";
const MOST = 20;
const home = new URL(document.querySelector(".box").action).pathname;
const language = document.documentElement.lang;

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((search) => search?.address?.startsWith(home)) : [];
  } catch {
    return []; // no storage, or not ours
  }
}

function keep(searches) {
  localStorage.setItem(KEY, JSON.stringify(searches.slice(0, MOST)));
}

async function total(address) {
  const asked = new URLSearchParams(address.slice(address.indexOf("?") + 1));
  asked.set("size", 1);
  const answer = await fetch(`${home}api/search?${asked}`);
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).total;
}

function element(tag, attributes, text) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

class SaveSearch extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    this.button = element("button", { type: "button", class: "quiet" }, "");
    this.append(this.button);
    this.show();
    this.button.addEventListener("click", () => this.toggle());
    if (this.isKept()) this.note();
  }

  isKept() {
    return kept().some((search) => search.address === this.dataset.address);
  }

  show() {
    const pressed = this.isKept();
    this.button.setAttribute("aria-pressed", pressed);
    this.button.textContent = pressed ? this.dataset.saved : this.dataset.save;
  }

  // Keep how many documents there are now: those that come later are new.
  async note() {
    const { address, name } = this.dataset;
    const now = await total(address);
    const searches = kept();
    const place = searches.findIndex((search) => search.address === address);
    if (place >= 0) searches[place].total = now;
    else searches.unshift({ address, name, total: now });
    keep(searches);
  }

  async toggle() {
    const { address } = this.dataset;
    if (this.isKept()) keep(kept().filter((search) => search.address !== address));
    else await this.note();
    this.show();
  }
}

class SavedSearches extends HTMLElement {
  connectedCallback() {
    const searches = kept();
    if (this.childElementCount || !searches.length) return;
    const list = element("ul", {}, "");
    for (const search of searches) list.append(this.item(search));
    this.append(element("h2", { id: "da-luu" }, this.dataset.heading), list);
    this.setAttribute("role", "region");
    this.setAttribute("aria-labelledby", "da-luu");
  }

  item({ address, name, total: before }) {
    const item = element("li", {}, "");
    const link = element("a", { href: address }, name);
    const fresh = element("span", { class: "fresh" }, "");
    const remove = element("button", { type: "button", class: "remove" }, "×");
    remove.setAttribute("aria-label", `${this.dataset.remove}: ${name}`);
    remove.title = this.dataset.remove;
    remove.addEventListener("click", () => {
      keep(kept().filter((search) => search.address !== address));
      item.remove();
      if (!kept().length) this.replaceChildren();
    });
    item.append(link, " ", fresh, " ", remove);
    total(address).then((now) => {
      if (now > before) fresh.textContent = this.dataset.new.replace("{count}", (now - before).toLocaleString(language));
    }, () => {}); // the link still works
    return item;
  }
}

customElements.define("save-search", SaveSearch);
customElements.define("saved-searches", SavedSearches);
