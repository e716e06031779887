// A map of the matches of a document, beside the scrollbar: a line for each, at its place in the
// whole page. A click chooses the nearest match (event "choose", its index in `detail`). It is for
// the eye only: keys and buttons do the same.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 1000; // units of the drawing, from the top of the page to its end

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Return the place of each mark, in units of the drawing. Only parts, rows and the outermost
// elements are measured, for a browser does not lay out what is far from the window; the marks
// within one are spread evenly over it.
function places(marks) {
  const page = document.documentElement.scrollHeight;
  const inside = new Map();
  for (const mark of marks) {
    const box = mark.closest(".part") ?? mark.closest("tr, .text > *");
    if (!inside.has(box)) inside.set(box, []);
    inside.get(box).push(mark);
  }
  const found = new Map();
  for (const [box, within] of inside) {
    const { top, height } = box.getBoundingClientRect();
    within.forEach((mark, at) => {
      const y = top + scrollY + (height * (at + 0.5)) / within.length;
      found.set(mark, Math.min(HEIGHT, Math.round((HEIGHT * y) / page)));
    });
  }
  return marks.map((mark) => found.get(mark));
}

class MatchMap extends HTMLElement {
  connectedCallback() {
    const text = document.querySelector(".text");
    this.marks = [...text.querySelectorAll("mark")];
    if (this.childElementCount || !this.marks.length) return;
    const drawing = element("svg", { viewBox: `0 0 1 ${HEIGHT}`, preserveAspectRatio: "none" });
    this.lines = element("path", {});
    this.current = element("path", { class: "here" });
    drawing.append(this.lines, this.current);
    this.append(drawing);
    this.at = [];
    this.addEventListener("click", (event) => this.choose((HEIGHT * event.offsetY) / this.clientHeight));
    let waiting = 0;
    new ResizeObserver(() => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => this.draw());
    }).observe(text);
  }

  draw() {
    this.at = places(this.marks);
    this.lines.setAttribute("d", [...new Set(this.at)].map((y) => `M0 ${y}h1`).join(""));
    this.show(this.shown);
  }

  // Show which match is the current one, by its index.
  show(index) {
    this.shown = index;
    const y = this.at[index];
    this.current.setAttribute("d", y === undefined ? "" : `M0 ${y}h1`);
  }

  choose(y) {
    const distance = (index) => Math.abs(this.at[index] - y);
    const nearest = this.at.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0);
    this.dispatchEvent(new CustomEvent("choose", { detail: nearest }));
  }
}

customElements.define("match-map", MatchMap);
