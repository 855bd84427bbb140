// The panel: what the service holds about this visitor, and why each product of the listing is where it is.

import { ask, me } from "./asking.js";

const say = JSON.parse(document.getElementById("say").textContent);
const at = (id) => document.getElementById(id);
const SHOWN = 12;

function line(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}

const told = ({ name, items, search_term }) =>
  [say[name === "search" ? "event_search" : name] ?? name, search_term ?? items?.map((one) => one.item_id).slice(0, 3).join(", ")].filter(Boolean).join(" · ");

async function known() {
  const all = await (await fetch("/demo/known")).json();
  if (!all) return;
  const { events, exposures } = all;
  at("known").textContent = say.known_count.replace("{events}", events.length).replace("{rankings}", exposures.length);
  const newest = [...events].sort((a, b) => b.time - a.time).slice(0, SHOWN);
  at("did").replaceChildren(...(newest.length ? newest.map((one) => line(told(one))) : [line(say.nothing)]));
}

async function why() {
  const own = at("own") && JSON.parse(at("own").textContent);
  const asked = own ? ["rank", { page: me.page, items: own }] : ["recommend", { page: "home", n: SHOWN }];
  const { items } = await ask(asked[0], { ...asked[1], explain: true });
  at("why").replaceChildren(...items.slice(0, SHOWN).map((one) => line(`${one.item_id}: ${one.because?.[me.language] ?? say.no_why}`)));
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
