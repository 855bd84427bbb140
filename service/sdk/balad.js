// The storefront script: ranks listings, says what visitors did. It never breaks, blocks or jolts the page: whatever
// fails here, the shop's own order stays. Served without its comments and indentation, so a line is never a fragment
// of a string. Types and meaning of what is public: balad.d.ts.
var balad = (globalThis.balad ||= (() => {
  const doc = globalThis.document;
  const ID = "data-balad-item", LISTING = "[data-balad-page]", ITEM = `[${ID}]`, CLICK = "[data-balad-click]";
  const EVENT = "balad:event:", SESSION = "balad:session", VISITOR = "balad:visitor";
  const NAMES = "view_item_list select_item view_item add_to_cart remove_from_cart add_to_wishlist begin_checkout purchase refund search".split(" ");
  const memory = new Map(), ranked = new Map(), done = new WeakSet(), settled = new WeakSet(), dwell = new WeakMap();
  let key, consent = false, given, page, deadline = 250, ga4;
  let timer, sending, wait = 1e3, shown = [], telling, queue;

  const safe = (work) => (...all) => {
    try {
      return work(...all);
    } catch {}
  };
  // As a script tag's attributes say it, too: `data-consent`, `data-consent="false"`.
  const said = (one) => one != null && one !== false && one != "false";
  const each = (selector, work) => doc.querySelectorAll(selector).forEach(safe(work));
  const once = (it) => !done.has(it) && done.add(it);

  // Kept for all tabs and the next pages with consent, else, and where there is no storage, for this page only.
  const get = safe((name) => (memory.get(name) ?? (consent && localStorage.getItem(name))) || "");
  const put = (name, text) => {
    memory.set(name, text);
    safe(() => consent && (localStorage.setItem(name, text), memory.delete(name)))();
    return text;
  };
  const drop = safe((name) => {
    memory.delete(name);
    localStorage.removeItem(name);
  });
  const kept = () => safe(() => Object.keys(localStorage).filter((name) => name.startsWith("balad:")))() ?? [];
  // What waits is looked for once: to list all that is stored takes long. Ids begin with the time, so that sorted names
  // stand in the order of what happened.
  const queued = () => (queue = (queue || [...memory.keys(), ...(consent ? kept() : [])].filter((name) => name.startsWith(EVENT)).sort()).filter(get));

  const newId = () => Date.now().toString(36) + [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16)).join("");
  const session = () => {
    const now = Date.now(), [id, last] = (get(SESSION) || "").split(" ");
    const current = now - last < 18e5 ? id : newId();
    // To the minute: each write takes as long as all of this.
    now - last < 6e4 || put(SESSION, current + " " + now);
    return current;
  };
  const who = () => (consent ? { consent, visitor_id: given || get(VISITOR) || put(VISITOR, newId()), session_id: session() } : { consent });

  const address = (path, query = "") => `${balad.url}/v1/${path}?key=${encodeURIComponent(key)}${query}`;
  // Never called off: the body may be late too.
  const call = (url, ms, options) => fetch(url, { signal: AbortSignal.timeout(ms), ...options });
  // As text the call needs no preflight, which would cost a round trip.
  const post = (path, body, ms, keepalive) => call(address(path), ms, { method: "POST", body, keepalive });

  // Events wait in the queue until the service has answered; it keeps each event_id once.
  const batch = (names) => {
    let size = 0;
    const sent = names.filter((name, i) => (size += get(name).length) < 6e4 || !i);
    return [sent, `{"sent_at":${Date.now() / 1e3},"events":[${sent.map(get)}]}`];
  };
  const flush = safe(async () => {
    const names = queued();
    if (sending || !key || !names.length) return;
    clearTimeout(timer);
    sending = true;
    try {
      const [sent, body] = batch(names);
      const { ok, status } = await post("events", body, 1e4, body.length < 6e4);
      // What is not understood will not be understood later either.
      if (!ok && status != 400 && status != 413) throw status;
      sent.forEach(drop);
      wait = 1e3;
    } catch {
      wait = Math.min(wait * 2, 6e4);
    }
    timer = sending = 0;
    if (queued().length) timer = setTimeout(flush, wait);
  });
  const leave = safe(() => {
    tell();
    // Nobody hears the answer: what was kept goes again from the next page, and counts once.
    const [sent, body] = batch(queued());
    if (key && sent.length) navigator.sendBeacon(address("events"), body);
  });
  const track = safe((name, fields = {}) => {
    const event_id = newId(), ranking_id = ranked.get(fields.items?.[0]?.item_id);
    const event = { name, event_id, time: Date.now() / 1e3, page, ranking_id, ...who(), ...fields };
    queued().push(EVENT + event_id);
    put(EVENT + event_id, JSON.stringify(event));
    queue.slice(0, -1e3).forEach(drop);
    timer ||= setTimeout(flush, wait);
  });

  const isElement = (one) => one instanceof Element;
  const idOf = (one) => String((isElement(one) ? one.getAttribute(ID) : one?.item_id ?? one) ?? "");
  const described = (one, item_id = idOf(one)) => {
    const price = +one.getAttribute("data-balad-price");
    return { item_id, price: price > 0 ? price : undefined };
  };
  const placed = (one, all) => ({ ...described(one), index: all.indexOf(one) });
  const itemsOf = (listing) => [...listing.querySelectorAll(ITEM)];
  const pageOf = (one) => one.closest(LISTING)?.dataset.baladPage ?? page;

  // Nobody sees it: held back by the style, not displayed, or below the fold.
  const unseen = (one) =>
    !one.checkVisibility({ visibilityProperty: true }) || !one.getClientRects().length || one.getBoundingClientRect().top > innerHeight;
  // Nodes are moved, never copied, and only those whose place changes: listeners, and whatever stands between, stay.
  const arrange = (from, to) => {
    if (from.every((one, i) => to[i] == one)) return true;
    if (from.includes(doc.activeElement?.closest(ITEM)) || !from.every(unseen)) return false;
    const places = from.map((one) => [one.parentNode, one.nextSibling]), now = new Map(from.map((one, i) => [one, to[i]]));
    // From the last place on: what follows a place is there already, or never moves.
    for (let i = from.length; i--; ) {
      const [parent, after] = places[i];
      if (from[i] != to[i]) parent.insertBefore(to[i], now.get(after) ?? after);
    }
    return true;
  };
  // `by`: where in the list each id stands that was asked about.
  const place = (list, by, answer) => {
    const items = list.slice(), places = [...by.values()], order = [];
    answer.items?.forEach(({ item_id }) => {
      const i = by.get(item_id);
      if (by.delete(item_id)) order.push(list[i]);
    });
    const left = [...by.values()].map((i) => list[i]);
    const found = { ranking_id: answer.ranking_id, personalized: !!answer.personalized, reason: answer.reason ?? null };
    if (!order.length) return { ...found, applied: false, items };
    order.concat(left).forEach((one, n) => (items[places[n]] = one));
    const applied = !isElement(list[0]) || arrange(list, items);
    if (applied) {
      left.forEach((one) => isElement(one) && (one.hidden = true));
      answer.items.forEach((one) => ranked.set(one.item_id, answer.ranking_id));
    }
    return { ...found, applied, items: applied ? items.filter((one) => !left.includes(one)) : list };
  };
  const rank = async (where, listing, more = {}) => {
    let list = [];
    try {
      list = isElement(listing) ? itemsOf(listing) : [...listing];
      const by = new Map(), items = [];
      list.forEach((one, i) => {
        const id = idOf(one);
        if (!id || by.has(id) || by.size > 499) return;
        by.set(id, i);
        items.push(isElement(one) ? described(one, id) : one.item_id ? one : id);
      });
      const { deadline: ms = deadline, ...rest } = more;
      const device = /Mobi/.test(navigator.userAgent) ? "mobile" : "desktop";
      const asked = JSON.stringify({ page: where, ...who(), items, context: { device }, ...rest });
      const got = key && by.size ? await post("rank", asked, ms) : {};
      return place(list, by, got.ok ? await got.json() : {});
    } catch {
      return place(list, new Map(), {});
    }
  };
  const next = async (ranking_id, offset, limit) => {
    try {
      const got = await call(address("rankings/" + encodeURIComponent(ranking_id), `&offset=${offset}&limit=${limit}`), 2e3);
      return (await got.json()).items.map(idOf);
    } catch {
      return null;
    }
  };

  // An impression: half of it visible for a second.
  const tell = safe(() => {
    telling = clearTimeout(telling);
    each(LISTING, (listing) => {
      const all = itemsOf(listing), seen = shown.filter((one) => listing.contains(one)).slice(0, 500);
      if (seen.length) track("view_item_list", { page: pageOf(listing), items: seen.map((one) => placed(one, all)) });
    });
    shown = [];
  });
  const look = safe((entries) => {
    // One timer for all that came into view together.
    const come = {};
    const inView = entries.filter(({ target, isIntersecting }) => (isIntersecting ? dwell.set(target, come) : void dwell.delete(target)));
    const seen = () =>
      inView.forEach(({ target }) => {
        if (dwell.get(target) != come || !dwell.delete(target)) return;
        eye.unobserve(target);
        shown.push(target);
        telling ||= setTimeout(tell, 200);
      });
    if (inView[0]) setTimeout(safe(seen), 1e3);
  });
  const eye = safe(() => new IntersectionObserver(look, { threshold: 0.5 }))();

  // `add_to_cart`, or an event as JSON; about the item it stands in, unless it says otherwise.
  const fire = (one, text) => {
    const { name, ...fields } = text[0] == "{" ? JSON.parse(text) : { name: text }, item = one.closest(ITEM);
    track(name, { page: pageOf(one), ...(item && { items: [described(item)] }), ...fields });
  };
  const click = safe(({ target }) => {
    const one = target.closest(`${CLICK},${ITEM}`), listing = one?.closest(LISTING);
    if (one?.matches(CLICK)) return fire(one, one.dataset.baladClick);
    if (!listing) return;
    track("select_item", { page: pageOf(one), items: [placed(one, itemsOf(listing))] });
  });
  const scan = safe(() => {
    // All that changed until now is looked at here.
    changes.takeRecords();
    each("[data-balad-load]", (one) => once(one) && fire(one, one.dataset.baladLoad));
    each(LISTING, async (one) => {
      const { baladPage, baladRanking } = one.dataset;
      if (settled.has(one))
        return itemsOf(one).forEach((item) => {
          if (!once(item) || !idOf(item)) return;
          if (baladRanking) ranked.set(idOf(item), baladRanking);
          eye.observe(item);
        });
      // One that is still being parsed is not whole.
      if ((doc.readyState == "loading" && !one.nextSibling) || !once(one)) return;
      baladRanking ?? (await rank(baladPage, one));
      one.style.animation = "none";
      settled.add(one);
      scan();
    });
  });

  const changes = safe(() => new MutationObserver(scan))();

  const number = (one) => (one == null ? undefined : +one);
  const hear = safe((entry) => {
    const [name, params] = entry[0] == "event" ? [entry[1], entry[2]] : [entry.event, entry.ecommerce ?? entry];
    const i = NAMES.indexOf(name);
    // The page's own listings say themselves what was seen and clicked.
    if (i < 0 || (i < 2 && doc.querySelector(LISTING))) return;
    const { value, currency, transaction_id, search_term } = params;
    const items = params.items?.map((one) => ({ item_id: idOf(one), index: number(one.index), price: number(one.price), quantity: number(one.quantity) }));
    track(name, { value: number(value), currency, transaction_id, search_term, items });
  });
  const tap = safe(() => {
    const layer = (globalThis.dataLayer ||= []), push = layer.push;
    layer.forEach(hear);
    layer.push = (...said) => {
      const result = push.apply(layer, said);
      said.forEach(hear);
      return result;
    };
  });

  const agree = safe((yes) => {
    const agreed = said(yes);
    if (!agreed) {
      // What waits is counted, but no longer anybody's.
      const waiting = queued().map((name) => [name, get(name)]);
      kept().forEach(drop);
      memory.clear();
      consent = agreed;
      waiting.forEach(safe(([name, text]) => put(name, JSON.stringify({ ...JSON.parse(text), ...who(), visitor_id: null, session_id: null }))));
    }
    consent = agreed;
    queue = 0;
  });
  const init = safe((options = {}) => {
    ({ key = key, page = page, ga4 = ga4 } = options);
    balad.url = options.url ?? balad.url;
    deadline = +(options.deadline ?? deadline);
    if ("consent" in options) consent = said(options.consent);
    queue = 0;
    // Whatever a cookie holds: an id is a word, or it is none.
    if ("visitor" in options) given = options.visitor && /^[!-?A-~]{1,128}$/.test(options.visitor) && "" + options.visitor;
    if (!doc || !key) return;
    if (said(ga4) && once(memory)) tap();
    scan();
    if (!once(doc)) return;
    changes.observe(doc, { childList: true, subtree: true });
    addEventListener("DOMContentLoaded", scan);
    addEventListener("click", click, true);
    addEventListener("visibilitychange", () => doc.hidden && leave());
    addEventListener("online", flush);
    flush();
  });

  return { init, rank, next, track, consent: agree, flush };
})());
// What a script tag says holds also where a module came first; a module has no tag.
(({ src, dataset }) => src && balad.init({ url: src.split("/sdk/")[0], ...dataset }))(globalThis.document?.currentScript ?? {});
