// Calls of the API with the publishable key, in the name of who agreed.

export const me = document.body.dataset;

function session() {
  try {
    return localStorage.getItem("balad:session")?.split(" ")[0] || null; // where balad.js keeps it
  } catch {
    return null;
  }
}

/** POST /v1/rank or /v1/recommend. */
export async function ask(call, question) {
  const who = me.visitor ? { consent: true, visitor_id: me.visitor, session_id: session() } : { consent: false };
  const answer = await fetch(`/v1/${call}?key=${encodeURIComponent(me.key)}`, { method: "POST", body: JSON.stringify({ ...who, ...question }) });
  if (!answer.ok) throw new Error(`${call}: ${answer.status}`);
  return answer.json();
}
