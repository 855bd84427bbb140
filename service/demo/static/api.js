// The three calls a storefront makes: its own listing, POST /v1/rank, POST /v1/events.

const key = document.documentElement.dataset.key;
const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** The shop's own listing of a page, in the shop's order. */
export async function listingOf(page) {
  const answer = await fetch(`/demo/listings/${page}`);
  if (!answer.ok) throw new Error(`${page}: ${answer.status}`);
  return (await answer.json()).items;
}

/** Balad's order, with the milliseconds from question to answer. */
export async function rank(question) {
  const before = performance.now();
  const answer = await post("/v1/rank", question);
  return { ...answer, milliseconds: performance.now() - before };
}

/** Events as one batch. The server's clock dates them, so that the visitor's clock does not matter. */
export async function send(events) {
  return post("/v1/events", { events });
}
