// The list of values follows what is typed above it. The form is sent as its button would send it,
// ticks included, and the parts of the answer take the places of the present ones.

const WAIT = 150; // ms between the last key and the question

const form = document.querySelector(".choosing");
const field = form.querySelector("#loc");
let timer = 0;
let asking = null;

async function sift() {
  asking?.abort();
  asking = new AbortController();
  const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) return; // the button still works
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-part]")) {
      const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
      part.replaceChildren(...other.childNodes);
    }
    history.replaceState(history.state, "", address);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

field.addEventListener("input", (event) => {
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(sift, WAIT);
});
field.addEventListener("compositionend", () => {
  clearTimeout(timer);
  timer = setTimeout(sift, WAIT);
});
