// What is nicer with a script and works without: parts of a screen that load when they are seen, fields that a choice needs.

const parts = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) continue;
    parts.unobserve(target);
    load(target);
  }
});

async function load(part) {
  part.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(part.dataset.load, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) part.innerHTML = await answer.text();
  } catch {
    // the link that stands there leads to the same figures
  }
  part.removeAttribute("aria-busy");
}

document.querySelectorAll("[data-load]").forEach((part) => parts.observe(part));

/** Show only those fields of a form that the chosen kind has: `data-of="pin boost"`, chosen by `data-chooses`. */
for (const choice of document.querySelectorAll("[data-chooses]")) {
  const fields = choice.form.querySelectorAll("[data-of]");
  const show = () => fields.forEach((field) => (field.hidden = !field.dataset.of.split(" ").includes(choice.value)));
  choice.addEventListener("change", show);
  show();
}
