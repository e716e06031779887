// On the page of a document "n" and "p" go from match to match, and so do the buttons, which are
// shown only where this runs. A link to a passage begins there. The citation can be copied.

const marks = [...document.querySelectorAll(".text mark")];
const stepper = document.querySelector(".stepper");
const place = stepper?.querySelector("output");
const language = document.documentElement.lang;
const total = marks.length.toLocaleString(language);
let here = -1;

function show(index) {
  marks[here]?.classList.remove("here");
  here = index;
  marks[here].classList.add("here");
  place.textContent = `${(here + 1).toLocaleString(language)}/${total}`;
}

function step(by) {
  show(here < 0 && by < 0 ? marks.length - 1 : (here + by + marks.length) % marks.length);
  const mark = marks[here];
  // Focus without a second jump, so that a screen reader reads on from the match.
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
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
  arrive();
}

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
