// Who is looking: a pseudonymous id, a session that silence ends, what they did. Kept in this browser only.

const STORE = "balad-demo";
const SILENCE_SECONDS = 30 * 60;
const KEPT = 12;

const chance = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

// Ids in treatment wherever arms are drawn, so that there is something to see.
const treated = (document.documentElement.dataset.visitors ?? "").split(" ").filter(Boolean);

const newcomer = () => ({ id: treated.pop() ?? `you-${chance()}`, session: `s-${chance()}`, last: now(), acts: [], cart: [], consent: true });

const now = () => Date.now() / 1000;

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(STORE));
  } catch {
    return null; // no storage in this browser, or not ours: a new visitor each time
  }
}

export let visitor = remembered() ?? newcomer();

export function save() {
  try {
    localStorage.setItem(STORE, JSON.stringify(visitor));
  } catch {
    // private mode: the visitor lasts as long as the page
  }
}

/** Forget this visitor and be somebody else, who has agreed to be remembered. */
export function becomeNewcomer() {
  visitor = newcomer();
  save();
}

/** Begin another session where the last act is too long ago. */
export function freshen() {
  if (now() - visitor.last > SILENCE_SECONDS) visitor.session = `s-${chance()}`;
  visitor.last = now();
}

/** Put an act before the earlier ones. */
export function remember(did, item) {
  visitor.acts = [{ did, item }, ...visitor.acts].slice(0, KEPT);
  save();
}

/** An event of this visitor; without consent it carries no id. */
export function event(name, fields) {
  const who = visitor.consent ? { visitor_id: visitor.id, session_id: visitor.session } : {};
  return { name, event_id: `demo-${chance()}${chance()}`, consent: visitor.consent, ...who, ...fields };
}
