// "/" goes to the search box. On the page of a document "n" and "p" go from match to match, and so
// do the buttons, which are shown only where this runs.

const box = document.getElementById("q");
const marks = [...document.querySelectorAll(".text mark")];
const stepper = document.querySelector(".stepper");
const place = stepper?.querySelector("output");
const total = marks.length.toLocaleString("vi");
let here = -1;

function step(by) {
  marks[here]?.classList.remove("here");
  here = here < 0 && by < 0 ? marks.length - 1 : (here + by + marks.length) % marks.length;
  const mark = marks[here];
  mark.classList.add("here");
  // Focus without a second jump, so that a screen reader reads on from the match.
  mark.tabIndex = -1;
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
  place.textContent = `${(here + 1).toLocaleString("vi")}/${total}`;
}

function meantForThePage(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
  return !(event.target instanceof Element && event.target.closest("input, textarea, select"));
}

const keys = { "/": () => { box?.focus(); box?.select(); } };

if (stepper && marks.length) {
  keys.n = () => step(1);
  keys.p = () => step(-1);
  stepper.hidden = false;
  stepper.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-step]");
    if (button) step(Number(button.dataset.step));
  });
}

document.addEventListener("keydown", (event) => {
  if (Object.hasOwn(keys, event.key) && meantForThePage(event)) {
    event.preventDefault();
    keys[event.key]();
  }
});
