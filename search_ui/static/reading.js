// On the page of a document "n" and "p" go from match to match, and so do the buttons, which are
// shown only where this runs. A link to a passage begins there. What can be copied has a button.

const marks = [...document.querySelectorAll(".text mark")];
const stepper = document.querySelector(".stepper");
const place = stepper?.querySelector("output");
const map = document.querySelector("match-map");
const found = document.querySelector(".find input[type=search]");
const language = document.documentElement.lang;
const total = marks.length.toLocaleString(language);
let here = -1;

function show(index) {
  marks[here]?.classList.remove("here");
  here = index;
  marks[here].classList.add("here");
  place.textContent = `${(here + 1).toLocaleString(language)}/${total}`;
  map.show(here);
}

function go(index) {
  show(index);
  const mark = marks[here];
  // Focus without a second jump, so that a screen reader reads on from the match.
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
  if (mark.closest(".part")) settle(mark);
}

// Parts of a long text have their height only when they are laid out, which may move the match.
function settle(mark, frames = 4) {
  requestAnimationFrame(() => {
    const { top, bottom } = mark.getBoundingClientRect();
    if (marks[here] !== mark) return;
    if (top < 0 || bottom > innerHeight) mark.scrollIntoView({ block: "center" });
    if (frames) settle(mark, frames - 1);
  });
}

function step(by) {
  go(here < 0 && by < 0 ? marks.length - 1 : (here + by + marks.length) % marks.length);
}

function arrive() {
  const index = marks.findIndex((mark) => `#${mark.id}` === location.hash);
  if (index >= 0) show(index);
}

function typing(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  return event.target instanceof Element && event.target.closest("input, textarea, select");
}

if (stepper && marks.length) {
  stepper.hidden = false;
  stepper.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-step]");
    if (button) step(Number(button.dataset.step));
  });
  document.addEventListener("keydown", (event) => {
    const by = { n: 1, p: -1 }[event.key];
    if (!by || typing(event)) return;
    event.preventDefault();
    step(by);
  });
  window.addEventListener("hashchange", arrive);
  map.addEventListener("choose", (event) => go(event.detail));
  arrive();
  if (found?.value && !location.hash) go(0);
}

// On a phone the contents lie over the text: they make room for what was chosen.
const contents = document.querySelector(".contents details");
contents?.addEventListener("click", (event) => {
  if (event.target.closest("a") && getComputedStyle(contents.parentElement).position === "fixed") {
    contents.open = false;
  }
});

const citation = document.getElementById("cau-trich");
const copy = document.querySelector(".copy");

async function put(text) {
  // Without https the clipboard is out of reach: the old way, by a selection, still works.
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  getSelection().selectAllChildren(citation);
  document.execCommand("copy");
  getSelection().removeAllRanges();
}

if (copy && citation) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await put(citation.textContent);
    copy.textContent = copy.dataset.done;
  });
}
