// The page: open a listing, rank it, send what the visitor does, rank it again.

import { listingOf, rank, send } from "./api.js";
import { Column, element, pictureOf, say, words } from "./cards.js";
import { becomeNewcomer, event, freshen, remember, save, visitor } from "./visitor.js";

const at = (id) => document.getElementById(id);
const acts = { look, take };
const yours = new Column(at("yours"), acts);
const shops = new Column(at("shops"), acts);
let page = at("page").value;
let items = []; // the shop's own order
let ranking = null;
let questions = 0; // the latest one counts; answers to earlier ones are dropped

async function open(name) {
  page = name;
  try {
    items = await listingOf(page);
  } catch {
    return fail();
  }
  if (name !== page) return;
  yours.fill(items);
  shops.fill(items);
  await order({ seen: true });
}

/** Ask for the order of what is open, show it, and say that it was seen. */
async function order({ seen }) {
  const number = ++questions;
  try {
    freshen();
    const answer = await rank(question());
    if (number !== questions) return;
    ranking = answer;
    show();
    if (seen) await send([event("view_item_list", { page, ranking_id: ranking.ranking_id, items: lines(yours.order) })]);
  } catch {
    if (number === questions) fail();
  }
}

function question() {
  const listing = items.map(({ item_id, price, in_stock }) => ({ item_id, price, in_stock }));
  const who = visitor.consent ? { visitor_id: visitor.id, session_id: visitor.session } : {};
  const device = matchMedia("(max-width: 760px)").matches ? "mobile" : "desktop";
  return { page, ...who, consent: visitor.consent, items: listing, context: { device } };
}

function lines(ids) {
  const known = new Map(items.map((item) => [item.item_id, item]));
  return ids.map((id, index) => ({ item_id: id, index, price: known.get(id).price }));
}

function line(item) {
  return { item_id: item.item_id, price: item.price, quantity: 1 };
}

/** A click on a card: the product's own page would open; here the listing stays and learns. */
async function look(item) {
  const id = ranking?.ranking_id;
  const clicked = { ...lines(yours.order).find((shown) => shown.item_id === item.item_id) };
  remember("look", item);
  await tell([
    event("select_item", { page, ranking_id: id, items: [clicked] }),
    event("view_item", { page: "product", items: [line(item)] }),
  ]);
}

async function take(item) {
  const inside = visitor.cart.includes(item.item_id);
  visitor.cart = inside ? visitor.cart.filter((id) => id !== item.item_id) : [...visitor.cart, item.item_id];
  remember(inside ? "leave" : "take", item);
  const value = { currency: item.currency, value: item.price };
  const name = inside ? "remove_from_cart" : "add_to_cart";
  await tell([event(name, { page, ranking_id: ranking?.ranking_id, ...value, items: [line(item)] })]);
}

async function buy() {
  const bought = visitor.acts.filter((act) => act.did === "take" && visitor.cart.includes(act.item.item_id));
  const known = new Map(bought.map(({ item }) => [item.item_id, item]));
  visitor.cart = [];
  if (!known.size) return dress();
  const chosen = [...known.values()];
  const value = Math.round(100 * chosen.reduce((sum, item) => sum + item.price, 0)) / 100;
  const paid = { page: "cart", currency: chosen[0].currency, value, items: chosen.map(line) };
  chosen.forEach((item) => remember("order", item));
  const purchase = event("purchase", paid);
  await tell([event("begin_checkout", paid), { ...purchase, transaction_id: purchase.event_id }]);
}

/** Send events, then rank again: the answer knows them. */
async function tell(events) {
  dress();
  try {
    freshen();
    await send(events);
  } catch {
    return fail();
  }
  await order({ seen: false });
}

function show() {
  const before = yours.order;
  const ids = ranking.items.map((item) => item.item_id);
  yours.arrange(ids);
  const own = items.map((item) => item.item_id);
  yours.mark(own);
  dress();
  const moved = ids.filter((id, index) => id !== own[index]).length;
  at("personalized").textContent = ranking.personalized
    ? say("yes")
    : `${say("no")}: ${words.reasons[ranking.reason] ?? ranking.reason}`;
  at("personalized").dataset.yes = ranking.personalized;
  at("latency").textContent = `${ranking.milliseconds.toFixed(1)} ms`;
  at("moved").textContent = say("moved_of", { n: moved, all: ids.length });
  at("model").textContent = ranking.model ?? "–";
  at("said").textContent = say("reordered", { n: ids.filter((id, index) => id !== before[index]).length });
}

/** Everything that follows from what the visitor did. */
function dress() {
  const looked = new Set(visitor.acts.filter((act) => act.did === "look").map((act) => act.item.item_id));
  for (const column of [yours, shops]) column.dress(items, visitor.cart, looked);
  at("visitor").textContent = visitor.consent ? visitor.id : "–";
  at("order").hidden = !visitor.cart.length;
  at("order").textContent = `${say("order")} (${visitor.cart.length})`;
  const rows = visitor.acts.map(({ did, item }) => {
    const row = element("li");
    row.append(Object.assign(element("img"), { src: pictureOf(item), alt: "", width: 44, height: 44 }));
    row.dataset.did = did;
    row.append(element("span", "verb", say(`did_${did}`)), element("span", "what", `${item.item_brand} ${item.item_name}`));
    return row;
  });
  at("acts").replaceChildren(...(rows.length ? rows : [element("li", "nothing", at("acts").dataset.nothing)]));
}

/** The service is away: the shop's order stays, and the page says so. */
function fail() {
  yours.arrange(items.map((item) => item.item_id));
  yours.mark(yours.order);
  dress();
  at("personalized").textContent = `${say("no")}: ${words.reasons.unreachable}`;
  at("personalized").dataset.yes = false;
  at("said").textContent = say("offline");
}

function pointTwins(happening) {
  const id = happening.target.closest?.(".card")?.dataset.item ?? null;
  for (const column of [yours, shops]) column.point(id);
}

at("page").addEventListener("change", (happening) => open(happening.target.value));
at("newcomer").addEventListener("click", () => {
  becomeNewcomer();
  at("consent").checked = visitor.consent;
  order({ seen: true });
});
at("consent").addEventListener("change", (happening) => {
  visitor.consent = happening.target.checked;
  save();
  order({ seen: false });
});
at("order").addEventListener("click", buy);
for (const side of document.querySelectorAll("input[name=side]")) {
  side.addEventListener("change", () => (at("floor").dataset.side = side.value));
}
for (const name of ["pointerover", "focusin"]) at("floor").addEventListener(name, pointTwins);

at("consent").checked = visitor.consent;
open(page);
