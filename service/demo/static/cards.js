// A listing as cards. Cards move; they are not drawn again, so that focus and pictures survive a new order.

export const words = JSON.parse(document.getElementById("words").textContent);
const language = document.documentElement.lang;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** A phrase in the page's language, with {name} filled in. */
export function say(name, values = {}) {
  return words.phrases[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

export const pictureOf = (item) => `/demo/pictures/${encodeURIComponent(item.item_id)}.svg`;

function describe(item) {
  const kind = item.item_category.split("/").pop();
  return [words.categories[kind] ?? kind, words.colors[item.color] ?? item.color].filter(Boolean).join(", ");
}

const money = (item) =>
  new Intl.NumberFormat(language, { style: "currency", currency: item.currency }).format(item.price);

function card(item, acts) {
  const made = element("li", "card");
  made.dataset.item = item.item_id;
  const look = element("button", "look");
  look.type = "button";
  const picture = element("img");
  Object.assign(picture, { src: pictureOf(item), alt: describe(item), width: 240, height: 240, draggable: false });
  look.append(picture, element("span", "brand", item.item_brand), element("span", "name", item.item_name));
  look.append(element("span", "price", item.in_stock ? money(item) : say("sold_out")));
  look.addEventListener("click", () => acts.look(item));
  const take = element("button", "take");
  take.type = "button";
  take.addEventListener("click", () => acts.take(item));
  made.append(look, element("span", "moved"), take);
  return made;
}

/** One column of cards. */
export class Column {
  constructor(list, acts) {
    this.list = list;
    this.acts = acts;
    this.cards = new Map();
  }

  /** Replace everything: another page was opened. */
  fill(items) {
    this.cards = new Map(items.map((item) => [item.item_id, card(item, this.acts)]));
    this.list.replaceChildren(...this.cards.values());
  }

  get order() {
    return Array.from(this.list.children, (child) => child.dataset.item);
  }

  /** Put the cards in an order of ids; they glide to their new places. */
  arrange(ids) {
    const focused = document.activeElement;
    const before = new Map(Array.from(this.cards, ([id, made]) => [id, made.getBoundingClientRect()]));
    this.list.append(...ids.map((id) => this.cards.get(id)));
    if (this.list.contains(focused)) focused.focus({ preventScroll: true });
    if (!still.matches) this.glide(before);
  }

  glide(before) {
    for (const [id, made] of this.cards) {
      const from = before.get(id);
      const to = made.getBoundingClientRect();
      const [x, y] = [from.left - to.left, from.top - to.top];
      if (!x && !y) continue;
      made.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
        duration: 520,
        easing: "cubic-bezier(.2, .8, .2, 1)",
      });
    }
  }

  /** Show on each card how far it is from its place in another order. */
  mark(ids) {
    this.order.forEach((id, index) => {
      const places = ids.indexOf(id) - index;
      const mark = this.cards.get(id).querySelector(".moved");
      mark.dataset.way = places > 0 ? "up" : places < 0 ? "down" : "same";
      const text = places ? `${places > 0 ? "↑" : "↓"}${Math.abs(places)}` : "";
      mark.replaceChildren(
        Object.assign(element("span", "", text), { ariaHidden: "true" }),
        element("span", "unseen", say(mark.dataset.way, { n: Math.abs(places) })),
      );
    });
  }

  /** Show what lies in the cart, and what was looked at. */
  dress(items, cart, looked) {
    for (const item of items) {
      const made = this.cards.get(item.item_id);
      const inside = cart.includes(item.item_id);
      made.classList.toggle("carted", inside);
      made.classList.toggle("looked", looked.has(item.item_id));
      const take = made.querySelector(".take");
      take.setAttribute("aria-pressed", inside);
      take.setAttribute("aria-label", say(inside ? "leave" : "take", { name: item.item_name }));
    }
  }

  /** Let one card, and no other, stand out. */
  point(id) {
    for (const [other, made] of this.cards) made.classList.toggle("twin", other === id);
  }
}
