// Two handles below the chart of years set the range of dates, by dragging or with the arrow keys.
// They write into the boxes and send their form; everything works without them.

const REST = 350; // ms after the last step, so that holding an arrow key is one search

class DateSlider extends HTMLElement {
  connectedCallback() {
    const section = this.closest("section");
    const bars = [...section.querySelectorAll("#bieu-do > li")];
    const wide = [...section.querySelectorAll("#bieu-do-gop > li")]; // a bar for several, for fingers
    const form = section.querySelector("form");
    if (this.childElementCount || bars.length < 2) return;
    const chosen = bars.map((bar) => bar.classList.contains("chosen"));
    const from = chosen.indexOf(true);
    const to = chosen.lastIndexOf(true);
    const ends = [
      this.handle("first", bars, from < 0 ? 0 : from),
      this.handle("last", bars, to < 0 ? bars.length - 1 : to),
    ];
    let timer = 0;
    // Handles may pass each other: two on the same year can both be moved either way.
    const shown = () => ends.map((end) => Number(end.value)).sort((one, other) => one - other);
    const paint = () => {
      const [low, high] = shown();
      bars.forEach((bar, at) => bar.classList.toggle("chosen", at >= low && at <= high));
      wide.forEach((bar, at) => {
        const begin = Math.floor(at * bars.length / wide.length);
        const end = Math.floor((at + 1) * bars.length / wide.length);
        bar.classList.toggle("chosen", begin <= high && end > low);
      });
      name();
    };
    const name = () => ends.forEach((end, which) => {
      end.setAttribute("aria-valuetext", bars[end.value].dataset[which ? "last" : "first"]);
    });
    for (const end of ends) {
      end.addEventListener("input", () => {
        paint();
        const [first, last] = shown();
        // A handle at the end of the axis leaves the range open.
        form.elements.from.value = first ? bars[first].dataset.first : "";
        form.elements.to.value = last < bars.length - 1 ? bars[last].dataset.last : "";
        clearTimeout(timer);
      });
      end.addEventListener("change", () => {
        clearTimeout(timer);
        timer = setTimeout(() => form.requestSubmit(), REST);
      });
    }
    name();
    this.append(...ends);
  }

  handle(name, bars, at) {
    const made = document.createElement("input");
    Object.assign(made, { type: "range", min: 0, max: bars.length - 1, value: at });
    made.setAttribute("aria-label", this.dataset[name]);
    made.dataset.keep = `period-${name}`;
    return made;
  }
}

customElements.define("date-slider", DateSlider);
