// A search form with its first results, for pages of other sites:
//   <script src="https://kho.example/static/widget.js" defer></script>
//   <tra-cuu></tra-cuu>
// The archive answers only the sites of TRACUU_ALLOWED_ORIGINS. Elsewhere, and where it does not
// answer, the form leads to the archive's own page.
"use strict";

(() => {
  const home = new URL("..", document.currentScript.src);
  const MOST = 5;
  const WORDS = {
    vi: { label: "Tìm trong kho tài liệu", button: "Tìm", all: "Xem tất cả kết quả:", none: "Không tìm thấy tài liệu nào." },
    en: { label: "Search the archive", button: "Search", all: "See all results:", none: "No documents found." },
  };
  const STYLE = `
    :host { display: block; max-width: 42rem; font: inherit; }
    form { display: flex; gap: .4em; }
    input { flex: 1; min-width: 0; }
    input, button { font: inherit; padding: .35em .6em; }
    ul { list-style: none; margin: .8em 0 0; padding: 0; display: grid; gap: .5em; }
    p { margin: .6em 0 0; }
  `;

  function element(tag, attributes = {}, text = "") {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  class TraCuu extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const said = this.closest("[lang]")?.lang.startsWith("en") ? WORDS.en : WORDS.vi;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const form = element("form", { action: home, method: "get", role: "search" });
      const box = element("input", { type: "search", name: "q", maxlength: 1000, "aria-label": said.label, placeholder: said.label });
      form.append(box, element("button", { type: "submit" }, said.button));
      const results = element("div", { "aria-live": "polite" });
      root.append(form, results);
      form.addEventListener("submit", async (event) => {
        const text = box.value.trim();
        if (!text) return;
        event.preventDefault();
        try {
          await this.show(text, results, said);
        } catch {
          form.submit(); // not allowed here, or not reached
        }
      });
    }

    async show(text, results, said) {
      const asked = new URLSearchParams({ q: text });
      const answer = await fetch(new URL(`api/search?${asked}&size=${MOST}`, home), { credentials: "omit" });
      if (!answer.ok) throw new Error(answer.status);
      const { total, hits } = await answer.json();
      const list = element("ul");
      for (const hit of hits) {
        const item = element("li");
        item.append(element("a", { href: new URL(hit.url, home) }, hit.title || hit.snippet.text.slice(0, 90) || hit.id));
        list.append(item);
      }
      const more = element("p");
      if (total) more.append(element("a", { href: new URL(`?${asked}`, home) }, `${said.all} ${total}`));
      else more.textContent = said.none;
      results.replaceChildren(list, more);
    }
  }

  customElements.define("tra-cuu", TraCuu);
})();
