// Beside the shop's own order: how far the service moved each product.

const say = JSON.parse(document.getElementById("say").textContent);

function mark(card, places) {
  card.querySelector(".moved")?.remove();
  if (!places) return;
  const up = places > 0, n = Math.abs(places);
  const made = Object.assign(document.createElement("span"), { className: "moved", textContent: `${up ? "↑" : "↓"}${n}` });
  made.dataset.way = up ? "up" : "down";
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", say[made.dataset.way].replace("{n}", n));
  card.append(made);
}

/** Mark the cards of a listing now, and whenever it is put in order. */
export function keepMarked(listing, own) {
  const all = () => [...listing.children].forEach((card, index) => mark(card, own.indexOf(card.dataset.baladItem) - index));
  new MutationObserver(all).observe(listing, { childList: true, attributes: true });
  all();
}
