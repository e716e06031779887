// Results change without a reload. A link to another search, or a new one in the box, is fetched,
// and its <main> takes the place of the present one; the address, Back, the title and the place on
// the page are as after a reload. Whatever goes wrong, or takes long, becomes an ordinary visit.

const PATIENCE = 4000; // ms
const REST = 120; // ms without scrolling, after which the place on the page is noted

const form = document.querySelector(".box");
const box = form.querySelector("#q");
const main = document.querySelector("main");
const home = new URL(form.action).pathname;
const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");
document.body.append(said);

let shown = location.pathname + location.search;
let asking = null;
let resting = 0;

const sheets = (page) => [...page.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href")).join();
const text = (page, selector) => page.querySelector(selector)?.textContent ?? "";
const label = (link) => (link.querySelector("bdi") ?? link.firstChild).textContent;
const fold = (details) => details.matches(".drawer") ? "drawer" : text(details, "summary");

function notePlace() {
  clearTimeout(resting);
  history.replaceState({ ...history.state, y: scrollY }, "");
}

function goTo(y) {
  scrollTo({ top: y, behavior: "instant" });
}

// The link that stands now where `link` stood: a facet value or an order, chosen or not.
function twin(link) {
  const group = link?.closest("[data-facet], .orders");
  if (!group) return null;
  const same = group.dataset.facet ? `[data-facet="${group.dataset.facet}"]` : ".orders";
  return [...main.querySelectorAll(`${same} a`)].find((other) => label(other) === label(link)) ?? null;
}

// `typed` is what stood in the box when the answer was asked for; what was typed since then stays.
function put(fresh, typed) {
  const open = new Set([...main.querySelectorAll("details[open]")].map(fold));
  main.replaceChildren(...fresh.querySelector("main").childNodes);
  for (const details of main.querySelectorAll("details")) if (open.has(fold(details))) details.open = true;
  document.title = fresh.title;
  if (box.value === typed) box.value = fresh.querySelector("#q").value;
  for (const kept of form.querySelectorAll("input[type=hidden]")) kept.remove();
  form.prepend(...fresh.querySelectorAll(".box input[type=hidden]"));
  for (const skip of document.querySelectorAll(".skip")) skip.remove();
  document.body.prepend(...fresh.querySelectorAll(".skip"));
  // Elsewhere on the page, what names the present search: the feed, the switches.
  for (const selector of ["link[rel=alternate]", ".wishes a"]) {
    const links = fresh.querySelectorAll(selector);
    document.querySelectorAll(selector).forEach((link, index) => {
      if (links[index]) link.setAttribute("href", links[index].getAttribute("href"));
    });
  }
  said.textContent = `${text(main, "h1")}: ${text(main, ".tally strong")}`;
}

// The control that stands now where the focused one stood: a handle of the slider.
function keeper(active) {
  const name = active?.dataset?.keep;
  return name ? main.querySelector(`[data-keep="${name}"]`) : null;
}

async function visit(address, link = null, back = false) {
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const typed = box.value;
  const waiting = setTimeout(() => mine.abort(), PATIENCE);
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: mine.signal });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    // A page of another kind, or of a newer program, is shown by itself.
    const alike = fresh.body.className === document.body.className && sheets(fresh) === sheets(document);
    if (!answer.ok || !alike) throw new Error("another page");
    if (mine !== asking) return;
    if (!back) {
      notePlace();
      history.pushState({}, "", address);
    }
    const active = main.contains(document.activeElement) ? document.activeElement : null;
    const before = (link ?? active)?.getBoundingClientRect().top;
    put(fresh, typed);
    shown = location.pathname + location.search;
    const next = twin(link) ?? keeper(active);
    (next ?? main).focus({ preventScroll: true });
    if (next) goTo(scrollY + next.getBoundingClientRect().top - before); // it stays under the hand
    else goTo(back ? history.state?.y ?? 0 : 0);
  } catch {
    if (mine !== asking) return; // a later wish is under way
    if (back) location.reload();
    else location.assign(address);
  } finally {
    clearTimeout(waiting);
    if (mine === asking) main.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("main a[href]");
  if (!link || event.defaultPrevented) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || url.pathname !== home || !url.search) return;
  event.preventDefault();
  visit(url.href, link);
});

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent.method !== "get" || new URL(sent.action).pathname !== home) return;
  const filled = [...new FormData(sent)].filter(([, value]) => value.trim());
  if (!filled.length) return; // the front page
  const asked = new URLSearchParams(filled);
  event.preventDefault();
  visit(`${home}?${asked}`);
});

addEventListener("popstate", () => {
  clearTimeout(resting);
  if (location.pathname + location.search !== shown) visit(location.href, null, true);
});

addEventListener("scroll", () => {
  clearTimeout(resting);
  resting = setTimeout(notePlace, REST);
}, { passive: true });

history.scrollRestoration = "manual";
if (history.state?.y) goTo(history.state.y);
