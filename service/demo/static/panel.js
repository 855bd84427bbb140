// The panel: what the service holds about this visitor, and why each product of the listing is where it is.

import { ask, me } from "./asking.js";

const say = JSON.parse(document.getElementById("say").textContent);
const at = (id) => document.getElementById(id);
const SHOWN = 12;

/** Names of items, by id, as their cards tell them. */
async function namesOf(ids) {
  const query = new URLSearchParams([...new Set(ids)].slice(0, 2 * SHOWN).map((id) => ["id", id]));
  const cards = document.createElement("template");
  cards.innerHTML = await (await fetch(`/demo/cards?${query}`)).text();
  return new Map(Array.from(cards.content.querySelectorAll("li"), (card) => [card.dataset.baladItem, card.querySelector(".name").textContent]));
}

function element(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

/** A line with the picture of an item, what it is about, and a few words. */
function line(id, title, words) {
  const made = element("li", "");
  if (id) made.append(Object.assign(element("img", ""), { src: `/demo/pictures/${id}.svg`, alt: "", width: 44, height: 44 }));
  const text = element("span", "");
  text.append(element("b", "", title), element("span", "", words));
  made.append(text);
  return made;
}

async function known() {
  const all = await (await fetch("/demo/known")).json();
  if (!all) return;
  const { events, exposures } = all;
  at("known").textContent = say.known_count.replace("{events}", events.length).replace("{rankings}", exposures.length);
  const newest = [...events].sort((a, b) => b.time - a.time).slice(0, SHOWN);
  const names = await namesOf(newest.map(({ items }) => items?.[0]?.item_id).filter(Boolean));
  const lines = newest.map(({ name, items, search_term }) => {
    const id = items?.[0]?.item_id, more = items?.length > 1 ? ` +${items.length - 1}` : "";
    return line(id, search_term ?? (names.get(id) ?? id ?? "") + more, say[name === "search" ? "event_search" : name] ?? name);
  });
  at("did").replaceChildren(...(lines.length ? lines : [line(null, say.nothing, "")]));
}

async function why() {
  const own = at("own") && JSON.parse(at("own").textContent);
  const asked = own ? ["rank", { page: me.page, items: own }] : ["recommend", { page: "home", n: SHOWN }];
  const { items } = await ask(asked[0], { ...asked[1], explain: true });
  const first = items.slice(0, SHOWN);
  const names = await namesOf(first.map((one) => one.item_id));
  at("why").replaceChildren(...first.map((one) => line(one.item_id, names.get(one.item_id) ?? one.item_id, one.because?.[me.language] ?? (own ? say.no_why : say.suits))));
}

/** Read both anew; where the service is away, say so. */
export async function fillPanel() {
  if (!at("known")) return;
  try {
    globalThis.balad?.flush();
    await Promise.all([known(), why()]);
  } catch {
    at("known").textContent = say.unreachable;
  }
}
