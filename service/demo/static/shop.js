// What the shop's pages do in the browser beside balad.js: places that the service fills, the panel, leaving.

import { fillPanel } from "./panel.js";
import { ask, me } from "./asking.js";
import { keepMarked } from "./marks.js";

/** Fill a place with what the service suggests; it stays hidden where there is nothing. */
async function fill(place) {
  const { visitor } = me;
  const answer = await ask("recommend", { ...JSON.parse(place.dataset.place), explain: true });
  if (!answer.items.length || visitor !== me.visitor) return;
  const query = new URLSearchParams(answer.items.map(({ item_id }) => ["id", item_id]));
  const list = document.createElement("ul");
  list.className = "cards";
  list.innerHTML = await (await fetch(`/demo/cards?${query}`)).text();
  for (const { item_id, because } of answer.items) {
    if (!because) continue;
    const why = Object.assign(document.createElement("span"), { className: "why", textContent: because[me.language] });
    list.querySelector(`[data-balad-item="${CSS.escape(item_id)}"] a`)?.append(why);
  }
  list.dataset.baladRanking = answer.ranking_id; // in its order already: only to be measured
  list.dataset.baladPage = JSON.parse(place.dataset.place).page;
  place.append(list);
  place.hidden = false;
}

for (const place of document.querySelectorAll("[data-place]")) fill(place).catch(() => place.remove());

// Whoever leaves takes along what this browser keeps.
for (const form of document.querySelectorAll("[data-withdraw]")) form.addEventListener("submit", () => globalThis.balad?.consent(false));

const own = document.getElementById("own");
if (document.querySelector(".two")) keepMarked(document.getElementById("listing"), JSON.parse(own.textContent));

const panel = document.getElementById("panel");
panel.addEventListener("toggle", () => panel.open && fillPanel());
document.getElementById("refresh")?.addEventListener("click", fillPanel);
